package io.ringleader.raft;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The stable storage of one node under test. What is written becomes durable only when the test says so, in the order of
 * writing; messages that wait for the disk come out behind the writes before them. A crash loses what is not durable.
 */
final class TestDisk {
    private sealed interface Step {}

    private record Write(Durable durable) implements Step {}

    private record Release(Message message) implements Step {}

    private final ArrayDeque<Step> steps = new ArrayDeque<>();
    private HardState hardState = HardState.INITIAL;
    private SnapshotPoint snapshot = SnapshotPoint.NONE;
    private final TreeMap<Long, Entry> entries = new TreeMap<>();
    private final Map<Integer, Replica> replicas = new TreeMap<>();

    void write(Durable durable) {
        steps.add(new Write(durable));
    }

    void hold(Message message) {
        steps.add(new Release(message));
    }

    boolean isIdle() {
        return steps.isEmpty();
    }

    boolean hasPendingWrites() {
        return steps.stream().anyMatch(Write.class::isInstance);
    }

    /** Makes up to so many writes durable and hands out the messages that waited for no more than these. */
    void complete(int writes, Consumer<Durable> durable, Consumer<Message> released) {
        int left = writes;
        while (!steps.isEmpty()) {
            if (steps.peek() instanceof Write write) {
                if (left == 0) {
                    return;
                }
                left--;
                steps.poll();
                store(write.durable());
                durable.accept(write.durable());
            } else if (steps.poll() instanceof Release release) {
                released.accept(release.message());
            }
        }
    }

    /** Writes that were not durable may have reached the disk nevertheless: the first few of them, in order. */
    void crash(int writesThatMadeIt) {
        complete(writesThatMadeIt, durable -> {}, message -> {});
        steps.clear();
    }

    void store(Durable durable) {
        if (durable instanceof HardState state) {
            hardState = state;
        } else if (durable instanceof SnapshotPoint point) {
            Entry last = entries.get(point.index());
            if (last != null && last.term() == point.term()) {
                entries.headMap(point.index(), true).clear();
            } else {
                entries.clear();
            }
            snapshot = point;
        } else if (durable instanceof Entry entry) {
            if (entry.index() > lastIndex() + 1 || entry.index() <= snapshot.index()) {
                throw new InvariantViolation("Entry " + entry + " leaves a gap in a log on disk of " + snapshot + ".."
                        + lastIndex() + " or is in its snapshot.");
            }
            entries.tailMap(entry.index(), true).clear();
            entries.put(entry.index(), entry);
        } else if (durable instanceof Replica replica) {
            replicas.put(replica.node(), replica);
        }
    }

    /** What the disk of a node holds that once took part, before it has any log: it votes and knows the others. */
    void format(int node, List<Integer> voters) {
        voters.forEach(voter -> replicas.put(voter, new Replica(voter, 1, voter, voter == node)));
    }

    List<Replica> replicas() {
        return new ArrayList<>(replicas.values());
    }

    /** The directory of the node that is on it, null if there is none. */
    Replica own(int node) {
        return replicas.get(node);
    }

    /** Whether a restart of the node now would find that it may vote. */
    boolean isVoter(int node) {
        return replicas.containsKey(node) && replicas.get(node).voter();
    }

    HardState hardState() {
        return hardState;
    }

    SnapshotPoint snapshot() {
        return snapshot;
    }

    List<Entry> entries() {
        return new ArrayList<>(entries.values());
    }

    long lastIndex() {
        return entries.isEmpty() ? snapshot.index() : entries.lastKey();
    }

    /** Whether a restart now would find this entry, in the log or in the snapshot. */
    boolean has(long index, long term) {
        Entry entry = entries.get(index);
        return index <= snapshot.index() || (entry != null && entry.term() == term);
    }
}
