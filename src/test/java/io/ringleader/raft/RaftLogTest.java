package io.ringleader.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class RaftLogTest {
    /** The log as a map of all entries there ever were, and three numbers. */
    private static final class Model {
        final TreeMap<Long, Entry> entries = new TreeMap<>();
        /** As the log keeps them, also those that it has dropped since: others may still read them. */
        final Map<Entry, Entry> everKept = new IdentityHashMap<>();

        long base;
        SnapshotPoint snapshot = SnapshotPoint.NONE;
        long baseTerm;

        long last() {
            return entries.isEmpty() ? base : entries.lastKey();
        }

        Long term(long index) {
            if (index == base) {
                return baseTerm;
            }
            Entry entry = entries.get(index);
            return entry == null ? null : (Long) entry.term();
        }

        long bytes(long after) {
            return entries.tailMap(after, false).values().stream()
                    .mapToLong(Entry::sizeBytes)
                    .sum();
        }

        void dropThrough(long newBase) {
            baseTerm = term(newBase);
            base = newBase;
            entries.headMap(newBase, true).clear();
        }
    }

    private final RaftLog log = new RaftLog(SnapshotPoint.NONE, List.of());

    @Property(tries = 300)
    void behavesLikeAMap(@ForAll long seed) {
        Model expected = new Model();
        RaftLog actual = new RaftLog(SnapshotPoint.NONE, List.of());
        Random random = new Random(seed);
        long term = 1;
        for (int i = 0; i < 80; i++) {
            term += random.nextInt(6) == 0 ? 1 : 0;
            step(expected, actual, random, term);
            compare(expected, actual, random);
        }
        expected.everKept.forEach((kept, entry) -> assertThat(kept).isEqualTo(entry));
    }

    private static void step(Model model, RaftLog log, Random random, long term) {
        int dice = random.nextInt(10);
        if (dice < 7) {
            append(model, log, random, term);
        } else if (dice == 7 && model.last() > model.snapshot.index()) {
            long from = model.snapshot.index() + 1 + random.nextLong(model.last() - model.snapshot.index());
            model.entries.tailMap(from, true).clear();
            log.truncateFrom(from);
        } else if (dice == 8 && model.last() > model.snapshot.index()) {
            long at = model.snapshot.index() + 1 + random.nextLong(model.last() - model.snapshot.index());
            compact(model, log, new SnapshotPoint(at, model.term(at)), random.nextInt(3) * 200L);
        } else if (dice == 9 && random.nextInt(4) == 0) {
            install(model, log, new SnapshotPoint(model.snapshot.index() + 1 + random.nextInt(20), term));
        }
    }

    /** The payload lies among others, as in a frame, and the frame is written over afterwards. */
    private static void append(Model model, RaftLog log, Random random, long term) {
        byte[] frame = new byte[random.nextInt(1, 200)];
        random.nextBytes(frame);
        int offset = random.nextInt(frame.length);
        int length = random.nextInt(frame.length - offset + 1);
        Entry sent = new Entry(model.last() + 1, term, EntryType.COMMANDS, frame, offset, length);
        Entry expected = new Entry(sent.index(), term, EntryType.COMMANDS, sent.payload());
        model.entries.put(expected.index(), expected);
        model.everKept.put(log.append(sent), expected);
        Arrays.fill(frame, (byte) 0);
    }

    private static void compact(Model model, RaftLog log, SnapshotPoint taken, long retainBytes) {
        long newBase = taken.index();
        while (newBase > model.base && model.bytes(newBase - 1) - model.bytes(taken.index()) <= retainBytes) {
            newBase--;
        }
        model.snapshot = taken;
        model.dropThrough(newBase);
        log.compact(taken, retainBytes);
    }

    private static void install(Model model, RaftLog log, SnapshotPoint point) {
        Long term = model.term(point.index());
        if (term != null && term == point.term()) {
            model.dropThrough(point.index());
        } else {
            model.entries.clear();
            model.base = point.index();
            model.baseTerm = point.term();
        }
        model.snapshot = point;
        log.install(point);
    }

    private static void compare(Model model, RaftLog log, Random random) {
        assertThat(log.firstIndex()).isEqualTo(model.base + 1);
        assertThat(log.lastIndex()).isEqualTo(model.last());
        assertThat(log.lastTerm()).isEqualTo(model.term(model.last()));
        assertThat(log.base()).isEqualTo(new SnapshotPoint(model.base, model.baseTerm));
        assertThat(log.snapshot()).isEqualTo(model.snapshot);
        assertThat(log.bytes()).isEqualTo(model.bytes(0));
        assertThat(log.bytesAfterSnapshot()).isEqualTo(model.bytes(model.snapshot.index()));
        for (long index = Math.max(0, model.base - 2); index <= model.last() + 2; index++) {
            Long term = model.term(index);
            assertThat(log.covers(index)).isEqualTo(term != null);
            assertThat(log.matches(index, term == null ? 1 : term)).isEqualTo(term != null);
            assertThat(log.matches(index, 99)).isFalse();
            if (term != null) {
                assertThat(log.term(index)).isEqualTo(term);
            }
        }
        if (model.last() > model.base) {
            compareRuns(model, log, random);
            compareSlices(model, log, random);
        }
    }

    private static void compareRuns(Model model, RaftLog log, Random random) {
        long index = model.base + 1 + random.nextLong(model.last() - model.base);
        long first = index;
        while (first > model.base + 1 && model.term(first - 1).equals(model.term(index))) {
            first--;
        }
        assertThat(log.firstIndexOfTermAt(index)).isEqualTo(first);
        long term = random.nextLong(model.term(model.last()) + 2);
        long last = index;
        while (last > model.base && model.term(last) > term) {
            last--;
        }
        assertThat(log.lastIndexWithTermAtMost(term, index)).isEqualTo(last);
    }

    private static void compareSlices(Model model, RaftLog log, Random random) {
        long from = model.base + 1 + random.nextLong(model.last() - model.base + 1);
        long maxBytes = 1 + random.nextInt(500);
        List<Entry> slice = log.slice(from, maxBytes);
        long end = from;
        while (end <= model.last() && (end == from || model.bytes(from - 1) - model.bytes(end) <= maxBytes)) {
            end++;
        }
        assertThat(slice).isEqualTo(List.copyOf(model.entries.subMap(from, end).values()));
    }

    @Test
    void anEntryThatLeavesAGapIsRejected() {
        assertThatThrownBy(() -> log.append(entry(2, 1))).hasMessageContaining("cannot follow");
        log.append(entry(1, 1));
        assertThatThrownBy(() -> log.append(entry(1, 1))).hasMessageContaining("cannot follow");
        assertThatThrownBy(() -> log.append(entry(3, 1))).hasMessageContaining("cannot follow");
    }

    @Test
    void anEntryOfAnEarlierTermIsRejected() {
        log.append(entry(1, 3));

        assertThatThrownBy(() -> log.append(entry(2, 2))).hasMessageContaining("cannot follow");
    }

    @Test
    void whatIsInTheSnapshotCannotBeTruncated() {
        log.append(entry(1, 1));
        log.append(entry(2, 1));
        log.compact(new SnapshotPoint(1, 1), 1_000);

        assertThatThrownBy(() -> log.truncateFrom(1)).hasMessageContaining("committed");
        log.truncateFrom(2);
        assertThat(log.lastIndex()).isEqualTo(1);
    }

    @Test
    void aSnapshotThatDoesNotFitTheLogIsRejected() {
        log.append(entry(1, 1));
        log.append(entry(2, 1));
        log.compact(new SnapshotPoint(2, 1), 1_000);

        assertThatThrownBy(() -> log.compact(new SnapshotPoint(1, 1), 0)).hasMessageContaining("does not fit");
        assertThatThrownBy(() -> log.compact(new SnapshotPoint(2, 2), 0)).hasMessageContaining("does not fit");
        assertThatThrownBy(() -> log.compact(new SnapshotPoint(3, 1), 0)).hasMessageContaining("does not fit");
    }

    @Test
    void theTermOfAnIndexThatIsGoneIsNotInvented() {
        assertThatThrownBy(() -> log.term(1)).hasMessageContaining("0..0");
        assertThat(log.term(0)).isZero();
    }

    @Test
    void aSliceIsNotChangedByWhatHappensToTheLog() {
        log.append(entry(1, 1));
        log.append(entry(2, 1));
        List<Entry> slice = log.slice(1, 1_000);

        log.truncateFrom(1);

        assertThat(slice).hasSize(2);
    }

    private static Entry entry(long index, long term) {
        return new Entry(index, term, EntryType.COMMANDS, new byte[1]);
    }
}
