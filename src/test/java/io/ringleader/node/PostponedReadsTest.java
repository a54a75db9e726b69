package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PostponedReadsTest {
    private static final byte[] KEY = "xkey".getBytes(StandardCharsets.US_ASCII);

    private static final int PARTITION = 3;

    private final PostponedReads reads = new PostponedReads(1_000);

    private void postpone(long slot, int bytes) {
        reads.postpone(slot, PARTITION, KEY, 1, 3, bytes);
    }

    @Test
    void whatFitsNeedNotWait() {
        assertThat(reads.mustWait(5, PARTITION, 900, 100)).isFalse();
        assertThat(reads.mustWait(5, PARTITION, 900, 101)).isTrue();
    }

    @Test
    void aValueBehindOneThatIsAskedForAgainIsAskedForAgainToo() {
        postpone(5, 400);
        assertThat(reads.mustWait(4, PARTITION, 0, 10)).isFalse();
        assertThat(reads.mustWait(6, PARTITION, 0, 10))
                .as("one before it waits")
                .isTrue();
        assertThat(reads.mustWait(6, PARTITION + 1, 0, 10))
                .as("no other partition waits for it")
                .isFalse();
        assertThat(reads.next(0, 1).slot()).isEqualTo(5);
        assertThat(reads.mustWait(6, PARTITION, 0, 10))
                .as("one before it is under way")
                .isTrue();
        assertThat(reads.arrived(5)).isTrue();
        assertThat(reads.mustWait(6, PARTITION, 0, 10)).isFalse();
    }

    @Test
    void theyAreRepeatedInTheOrderOfTheirAnswersAsFarAsThereIsRoom() {
        postpone(7, 400);
        postpone(5, 400);
        postpone(6, 400);
        assertThat(reads.next(100, 1).slot()).isEqualTo(5);
        assertThat(reads.next(100, 1).slot()).isEqualTo(6);
        assertThat(reads.next(100, 1)).isNull();
        assertThat(reads.mustWait(1, PARTITION, 100, 101))
                .as("room is promised to the two")
                .isTrue();
        assertThat(reads.arrived(5)).isTrue();
        assertThat(reads.arrived(5)).isFalse();
        assertThat(reads.next(100, 1).slot()).isEqualTo(7);
        assertThat(reads.next(100, 1)).isNull();
    }

    @Test
    void theAnswerThatAllOthersWaitForIsRepeatedWithoutRoom() {
        postpone(7, 400);
        postpone(5, 400);
        PostponedReads.Read read = reads.next(5_000, 5);
        assertThat(read.slot()).isEqualTo(5);
        assertThat(read.key()).asString(StandardCharsets.US_ASCII).isEqualTo("key");
        assertThat(reads.next(5_000, 5)).isNull();
    }
}
