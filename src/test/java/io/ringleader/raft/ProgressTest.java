package io.ringleader.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private static final RaftConfig WINDOW_OF_3_OR_100_BYTES = new RaftConfig(1, 2, 3, 1, 3, 100, 1, 0);

    private static Progress replicating(long matchIndex) {
        Progress progress = new Progress(2, matchIndex + 1, 0);
        progress.acknowledged(matchIndex, 0);
        progress.becomeReplicate(0);
        return progress;
    }

    @Test
    void theWindowIsFullAtSoManyMessages() {
        Progress progress = replicating(0);
        progress.entriesSent(1, 1, 0);
        progress.entriesSent(2, 1, 0);
        assertThat(progress.windowFull(WINDOW_OF_3_OR_100_BYTES)).isFalse();
        progress.entriesSent(3, 1, 0);
        assertThat(progress.windowFull(WINDOW_OF_3_OR_100_BYTES)).isTrue();
    }

    @Test
    void theWindowIsFullAtSoManyBytes() {
        Progress progress = replicating(0);
        progress.entriesSent(1, 99, 0);
        assertThat(progress.windowFull(WINDOW_OF_3_OR_100_BYTES)).isFalse();
        progress.entriesSent(2, 1, 0);
        assertThat(progress.windowFull(WINDOW_OF_3_OR_100_BYTES)).isTrue();
    }

    @Test
    void anAcknowledgementFreesAllThatItCovers() {
        Progress progress = replicating(0);
        progress.entriesSent(2, 50, 0);
        progress.entriesSent(4, 50, 0);
        progress.entriesSent(6, 50, 0);

        assertThat(progress.acknowledged(5, 0)).isTrue();

        assertThat(progress.windowFull(WINDOW_OF_3_OR_100_BYTES)).isFalse();
        assertThat(progress.hasInflight()).isTrue();
        assertThat(progress.acknowledged(6, 0)).isTrue();
        assertThat(progress.hasInflight()).isFalse();
    }

    @Test
    void anOldAcknowledgementTakesNothingBack() {
        Progress progress = replicating(5);
        progress.entriesSent(7, 1, 0);

        assertThat(progress.acknowledged(3, 0)).isFalse();

        assertThat(progress.matchIndex()).isEqualTo(5);
        assertThat(progress.nextIndex()).isEqualTo(8);
    }

    @Test
    void everyChangeOfStateFreesTheWindow() {
        Progress progress = replicating(0);
        for (int i = 0; i < 3; i++) {
            for (long index = 1; index <= 3; index++) {
                progress.entriesSent(index, 50, 0);
            }
            switch (i) {
                case 0 -> progress.becomeProbe(1);
                case 1 -> progress.becomeSnapshot(new SnapshotPoint(2, 1), 0);
                default -> progress.forget(9);
            }
            assertThat(progress.hasInflight()).isFalse();
            assertThat(progress.windowFull(WINDOW_OF_3_OR_100_BYTES)).isFalse();
            progress.becomeReplicate(0);
        }
    }

    @Test
    void aProbeNeverGoesBackBehindWhatMatches() {
        Progress progress = replicating(5);

        progress.becomeProbe(2);

        assertThat(progress.nextIndex()).isEqualTo(6);
    }

    @Test
    void silenceIsMeasuredFromTheFirstUnansweredMessage() {
        Progress progress = replicating(0);
        progress.entriesSent(1, 1, 10);
        progress.entriesSent(2, 1, 50);

        assertThat(progress.silentFor(100, 109)).isFalse();
        assertThat(progress.silentFor(100, 110)).isTrue();
        progress.acknowledged(1, 60);
        assertThat(progress.silentFor(100, 159)).isFalse();
    }

    @Property(tries = 300)
    void theWindowIsThatOfANaiveQueueAndMatchStaysBelowNext(@ForAll long seed) {
        Random random = new Random(seed);
        Progress progress = replicating(0);
        ArrayDeque<long[]> queue = new ArrayDeque<>();
        long sent = 0;
        for (int i = 0; i < 200; i++) {
            if (random.nextBoolean()) {
                sent += 1 + random.nextInt(3);
                long bytes = random.nextInt(60);
                progress.entriesSent(sent, bytes, i);
                queue.add(new long[] {sent, bytes});
            } else if (sent > 0) {
                long index = random.nextLong(sent + 1);
                progress.acknowledged(index, i);
                queue.removeIf(message -> message[0] <= index);
            }
            long bytes = queue.stream().mapToLong(message -> message[1]).sum();
            assertThat(progress.windowFull(WINDOW_OF_3_OR_100_BYTES)).isEqualTo(queue.size() >= 3 || bytes >= 100);
            assertThat(progress.matchIndex()).isLessThan(progress.nextIndex());
        }
    }
}
