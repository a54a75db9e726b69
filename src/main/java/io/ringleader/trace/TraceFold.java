package io.ringleader.trace;

import io.ringleader.raft.Role;
import io.ringleader.trace.TraceEvent.LinkState;
import io.ringleader.trace.TraceEvent.Phase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The state that events led to: whoever reads a trace from the middle needs to know where everybody stood. Owned by one
 * {@link TraceRing}.
 */
final class TraceFold {
    private static final String BEFORE = "before what this trace shows";

    private record Operation(int client, long number) {}

    private record Link(int from, int to) {}

    /** One replica of one partition. */
    private static final class Replica {
        long term;
        int vote;
        Role role;
        int leader;
        long commit;
        long applied;
        long snapshotIndex;
        long snapshotTerm;
        long lastIndex;
        /** First index to the term of all entries from there to the next key. */
        final TreeMap<Long, Long> terms = new TreeMap<>();

        void keepUpTo(long index) {
            lastIndex = Math.min(lastIndex, index);
            terms.tailMap(index, false).clear();
        }

        void append(long from, long to, long entryTerm) {
            keepUpTo(from - 1);
            lastIndex = to;
            Map.Entry<Long, Long> last = terms.lastEntry();
            if (last == null || last.getValue() != entryTerm) {
                terms.put(from, entryTerm);
            }
        }

        void snapshot(long index, long entryTerm) {
            snapshotIndex = index;
            snapshotTerm = entryTerm;
            Map.Entry<Long, Long> there = terms.floorEntry(index + 1);
            if (lastIndex <= index || there == null) {
                terms.clear();
                lastIndex = index;
            } else {
                terms.headMap(index + 1).clear();
                terms.put(index + 1, there.getValue());
            }
        }

        void install(long index, long entryTerm) {
            Map.Entry<Long, Long> there = terms.floorEntry(index);
            if (lastIndex < index || there == null || there.getValue() != entryTerm) {
                keepUpTo(0);
            }
            snapshot(index, entryTerm);
            commit = Math.max(commit, index);
            applied = Math.max(applied, index);
        }

        void recover(TraceEvent.Recovered found) {
            term = found.term();
            vote = found.vote();
            role = Role.FOLLOWER;
            leader = 0;
            keepUpTo(found.lastIndex());
            snapshot(found.snapshotIndex(), found.snapshotTerm());
            lastIndex = found.lastIndex();
            commit = found.snapshotIndex();
            applied = found.snapshotIndex();
        }

        void addEvents(long at, int node, int partition, boolean up, List<TraceEvent> out) {
            out.add(new TraceEvent.Recovered(
                    at, node, partition, term, vote, snapshotIndex, snapshotTerm, snapshotIndex));
            for (Map.Entry<Long, Long> run : terms.entrySet()) {
                Long next = terms.higherKey(run.getKey());
                long to = next == null ? lastIndex : next - 1;
                out.add(new TraceEvent.Appended(at, node, partition, run.getKey(), to, run.getValue()));
            }
            if (up) {
                out.add(new TraceEvent.Committed(at, node, partition, commit));
                out.add(new TraceEvent.Applied(at, node, partition, applied));
                out.add(new TraceEvent.RoleChanged(at, node, partition, term, role, leader, BEFORE));
            }
        }
    }

    /** One node and its replicas by partition. */
    private static final class Machine {
        Phase phase = Phase.STOP;
        long skewMillis;
        final SortedMap<Integer, Replica> replicas = new TreeMap<>();

        boolean isUp() {
            return phase == Phase.START || phase == Phase.RESUME || phase == Phase.PAUSE;
        }
    }

    private TraceEvent.Run run;
    private final SortedMap<Integer, Machine> machines = new TreeMap<>();
    private final Map<Link, TraceEvent.LinkChanged> links = new LinkedHashMap<>();
    private final Map<Operation, TraceEvent.Invoked> open = new LinkedHashMap<>();

    void add(TraceEvent event) {
        if (event instanceof TraceEvent.Run first) {
            run = first;
        } else if (event instanceof TraceEvent.Life life) {
            machine(life.node()).phase = life.phase();
        } else if (event instanceof TraceEvent.ClockSkewed clock) {
            machine(clock.node()).skewMillis = clock.skewMillis();
        } else if (event instanceof TraceEvent.LinkChanged link) {
            Link key = new Link(link.from(), link.to());
            links.remove(key);
            if (link.state() != LinkState.MENDED) {
                links.put(key, link);
            }
        } else if (event instanceof TraceEvent.Invoked invoked) {
            open.put(new Operation(invoked.client(), invoked.operation()), invoked);
        } else if (event instanceof TraceEvent.Completed completed) {
            open.remove(new Operation(completed.client(), completed.operation()));
        } else {
            addToReplica(event);
        }
    }

    private void addToReplica(TraceEvent event) {
        if (event instanceof TraceEvent.Recovered found) {
            replica(found.node(), found.partition()).recover(found);
        } else if (event instanceof TraceEvent.RoleChanged change) {
            Replica replica = replica(change.node(), change.partition());
            replica.term = change.term();
            replica.role = change.role();
            replica.leader = change.leader();
        } else if (event instanceof TraceEvent.TermChanged change) {
            Replica replica = replica(change.node(), change.partition());
            replica.term = change.term();
            replica.vote = change.vote();
        } else if (event instanceof TraceEvent.Appended entries) {
            replica(entries.node(), entries.partition()).append(entries.fromIndex(), entries.toIndex(), entries.term());
        } else if (event instanceof TraceEvent.Truncated cut) {
            replica(cut.node(), cut.partition()).keepUpTo(cut.fromIndex() - 1);
        } else if (event instanceof TraceEvent.Committed committed) {
            replica(committed.node(), committed.partition()).commit = committed.index();
        } else if (event instanceof TraceEvent.Applied applied) {
            replica(applied.node(), applied.partition()).applied = applied.index();
        } else if (event instanceof TraceEvent.SnapshotTaken taken) {
            replica(taken.node(), taken.partition()).snapshot(taken.index(), taken.term());
        } else if (event instanceof TraceEvent.SnapshotInstalled installed) {
            replica(installed.node(), installed.partition()).install(installed.index(), installed.term());
        }
    }

    private Machine machine(int node) {
        return machines.computeIfAbsent(node, id -> new Machine());
    }

    private Replica replica(int node, int partition) {
        return machine(node).replicas.computeIfAbsent(partition, number -> {
            Replica replica = new Replica();
            replica.role = Role.FOLLOWER;
            return replica;
        });
    }

    /** Events that lead to the state, all at the time given. */
    List<TraceEvent> events(long atNanos, long forgotten) {
        List<TraceEvent> all = new ArrayList<>();
        if (run != null) {
            all.add(run);
        }
        all.addAll(open.values());
        all.add(new TraceEvent.Note(
                atNanos, 0, forgotten + " earlier events were forgotten; this is the state they led to"));
        machines.forEach((node, machine) -> {
            all.add(new TraceEvent.Life(atNanos, node, Phase.START, BEFORE));
            machine.replicas.forEach(
                    (partition, replica) -> replica.addEvents(atNanos, node, partition, machine.isUp(), all));
            if (machine.phase != Phase.START) {
                all.add(new TraceEvent.Life(atNanos, node, machine.phase, BEFORE));
            }
            if (machine.skewMillis != 0) {
                all.add(new TraceEvent.ClockSkewed(atNanos, node, machine.skewMillis, BEFORE));
            }
        });
        links.values()
                .forEach(link ->
                        all.add(new TraceEvent.LinkChanged(atNanos, link.from(), link.to(), link.state(), BEFORE)));
        return all;
    }
}
