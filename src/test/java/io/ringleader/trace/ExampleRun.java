package io.ringleader.trace;

import io.ringleader.raft.Durable;
import io.ringleader.raft.Effects;
import io.ringleader.raft.Entry;
import io.ringleader.raft.HardState;
import io.ringleader.raft.Message;
import io.ringleader.raft.Raft;
import io.ringleader.raft.RaftConfig;
import io.ringleader.raft.SnapshotPoint;
import io.ringleader.raft.StepObserver;
import io.ringleader.trace.TraceEvent.LinkState;
import io.ringleader.trace.TraceEvent.Phase;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * A small cluster of real {@link Raft}s with a queue for a network: enough to make a trace in which something happens. It
 * has messages that get lost, links that are cut, crashes, pauses, and clients with awkward keys.
 */
final class ExampleRun {
    private static final long MILLI = 1_000_000;
    private static final RaftConfig CONFIG =
            new RaftConfig(30 * MILLI, 150 * MILLI, 300 * MILLI, 4096, 8, 64 << 10, 1 << 20, 4096);
    private static final String[] KEYS = {"cart:17", "user:<b>ada</b>", "</script>", "stock\u00e9", "a\"b\\c", "hits"};

    private record Task(long atNanos, long sequence, Runnable work) implements Comparable<Task> {
        @Override
        public int compareTo(Task other) {
            return atNanos != other.atNanos
                    ? Long.compare(atNanos, other.atNanos)
                    : Long.compare(sequence, other.sequence);
        }
    }

    /** One replica: what is on its disk, and the Raft while it runs. */
    private static final class Replica {
        final int node;
        final int partition;
        HardState hardState = HardState.INITIAL;
        final TreeMap<Long, Entry> disk = new TreeMap<>();
        Raft raft;
        long commit;
        int life;
        long diskFreeNanos;

        Replica(int node, int partition) {
            this.node = node;
            this.partition = partition;
        }
    }

    private final Random random;
    private final TraceRecorder recorder;
    private final int nodes;
    private final int partitions;
    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private final List<Replica> replicas = new ArrayList<>();
    private final Set<Integer> paused = new HashSet<>();
    private final Set<String> cut = new HashSet<>();
    private final Map<String, Long> tookEffect = new HashMap<>();
    private final Set<String> open = new HashSet<>();
    private long now;
    private long sequence;
    private long messages;

    ExampleRun(long seed, int nodes, int partitions, TraceRecorder recorder) {
        this.random = new Random(seed);
        this.nodes = nodes;
        this.partitions = partitions;
        this.recorder = recorder;
        recorder.record(new TraceEvent.Run(0, seed, nodes, partitions, nodes, "an example"));
        for (int partition = 0; partition < partitions; partition++) {
            for (int node = 1; node <= nodes; node++) {
                replicas.add(new Replica(node, partition));
            }
        }
        for (int node = 1; node <= nodes; node++) {
            start(node);
        }
    }

    /** A run of some seconds in which every kind of thing happens once. */
    static List<TraceEvent> eventful() {
        TraceRing ring = new TraceRing(64 << 20);
        ExampleRun run = new ExampleRun(8, 3, 2, ring);
        for (int client = 1; client <= 3; client++) {
            run.client(client);
        }
        run.runMillis(900);
        run.isolate(run.leader(0), LinkState.CUT);
        run.runMillis(900);
        run.mend();
        run.record(new TraceEvent.ClockSkewed(run.now, 2, -4_000, "jumped back"));
        run.runMillis(300);
        int victim = run.leader(0);
        run.life(victim, Phase.CRASH, "the power went");
        run.runMillis(500);
        run.start(victim);
        run.runMillis(300);
        int pausing = run.leader(1);
        run.life(pausing, Phase.PAUSE, "a long collection of garbage");
        run.runMillis(400);
        run.life(pausing, Phase.RESUME, "");
        run.record(
                new TraceEvent.DiskFault(run.now, 3, "sector 17 of wal/0000000000000001.log reads with a flipped bit"));
        run.runMillis(300);
        run.record(new TraceEvent.Failed(
                run.now, "Partition 0: node 3 applied 9@2 where node 1 applied 9@3 <State Machine Safety, §5.4.3>."));
        return ring.events();
    }

    /** At least so many events. */
    static List<TraceEvent> endless(int events) {
        List<TraceEvent> all = new ArrayList<>();
        ExampleRun run = new ExampleRun(11, 5, 3, new TraceRecorder() {
            @Override
            public boolean isOn() {
                return true;
            }

            @Override
            public void record(TraceEvent event) {
                all.add(event);
            }
        });
        for (int client = 1; client <= 6; client++) {
            run.client(client);
        }
        while (all.size() < events) {
            run.runMillis(700);
            int victim = 1 + run.random.nextInt(5);
            run.life(victim, Phase.CRASH, "");
            run.runMillis(300);
            run.start(victim);
        }
        return all;
    }

    private void record(TraceEvent event) {
        recorder.record(event);
    }

    private void after(long nanos, Runnable work) {
        tasks.add(new Task(now + nanos, sequence++, work));
    }

    private long between(double fromMillis, double toMillis) {
        return (long) ((fromMillis + random.nextDouble() * (toMillis - fromMillis)) * MILLI);
    }

    void runMillis(long millis) {
        long until = now + millis * MILLI;
        while (!tasks.isEmpty() && tasks.peek().atNanos() <= until) {
            Task task = tasks.poll();
            now = task.atNanos();
            task.work().run();
        }
        now = until;
    }

    // ---- nodes

    void start(int node) {
        record(new TraceEvent.Life(now, node, Phase.START, ""));
        for (Replica replica : replicas) {
            if (replica.node == node) {
                long last = replica.disk.isEmpty() ? 0 : replica.disk.lastKey();
                record(new TraceEvent.Recovered(
                        now,
                        node,
                        replica.partition,
                        replica.hardState.term(),
                        replica.hardState.votedFor(),
                        0,
                        0,
                        last));
                List<Integer> voters = new ArrayList<>();
                for (int voter = 1; voter <= nodes; voter++) {
                    voters.add(voter);
                }
                replica.life++;
                replica.commit = 0;
                replica.raft = new Raft(
                        node,
                        voters,
                        CONFIG,
                        new Random(random.nextLong()),
                        replica.hardState,
                        SnapshotPoint.NONE,
                        List.copyOf(replica.disk.values()),
                        voters.stream()
                                .map(voter -> directory(voter, voter == node))
                                .toList(),
                        now,
                        StepObserver.NONE);
                tick(replica, replica.life);
            }
        }
    }

    void life(int node, Phase phase, String detail) {
        record(new TraceEvent.Life(now, node, phase, detail));
        if (phase == Phase.PAUSE) {
            paused.add(node);
        } else if (phase == Phase.RESUME) {
            paused.remove(node);
        } else {
            replicas.stream().filter(replica -> replica.node == node).forEach(replica -> replica.raft = null);
        }
    }

    int leader(int partition) {
        return replicas.stream()
                .filter(replica -> replica.partition == partition && replica.raft != null && replica.raft.isLeader())
                .mapToInt(replica -> replica.node)
                .findFirst()
                .orElse(1);
    }

    void isolate(int node, LinkState state) {
        for (int other = 1; other <= nodes; other++) {
            if (other != node) {
                cut.add(node + ">" + other);
                cut.add(other + ">" + node);
                record(new TraceEvent.LinkChanged(now, node, other, state, "isolated"));
                record(new TraceEvent.LinkChanged(now, other, node, state, "isolated"));
            }
        }
    }

    void mend() {
        for (String link : List.copyOf(cut)) {
            String[] ends = link.split(">");
            record(new TraceEvent.LinkChanged(
                    now, Integer.parseInt(ends[0]), Integer.parseInt(ends[1]), LinkState.MENDED, ""));
        }
        cut.clear();
    }

    private void tick(Replica replica, int life) {
        if (replica.raft == null || replica.life != life) {
            return;
        }
        if (!paused.contains(replica.node)) {
            replica.raft.tick(now);
            carryOut(replica);
        }
        after(10 * MILLI + random.nextInt((int) MILLI), () -> tick(replica, life));
    }

    // ---- effects

    private void carryOut(Replica replica) {
        replica.raft.flush(now);
        Effects effects = replica.raft.takeEffects();
        int node = replica.node;
        int partition = replica.partition;
        for (Effects.RoleChange change : effects.roleChanges()) {
            record(new TraceEvent.RoleChanged(
                    now, node, partition, change.term(), change.role(), change.leader(), change.reason()));
        }
        for (Durable durable : effects.durables()) {
            if (durable instanceof HardState state) {
                record(new TraceEvent.TermChanged(now, node, partition, state.term(), state.votedFor()));
            } else if (durable instanceof Entry entry) {
                record(new TraceEvent.Appended(now, node, partition, entry.index(), entry.index(), entry.term()));
            }
        }
        effects.messages().stream()
                .filter(message -> !message.waitsForDisk())
                .forEach(message -> send(partition, message));
        List<Message> held =
                effects.messages().stream().filter(Message::waitsForDisk).toList();
        if (!effects.durables().isEmpty() || !held.isEmpty()) {
            int life = replica.life;
            // one after the other, in order
            replica.diskFreeNanos = Math.max(now, replica.diskFreeNanos) + between(0.5, 2);
            after(replica.diskFreeNanos - now, () -> synced(replica, life, effects.durables(), held));
        }
        commit(replica, effects.committed());
    }

    private void synced(Replica replica, int life, List<Durable> durables, List<Message> held) {
        if (replica.raft == null || replica.life != life) {
            return;
        }
        long index = 0;
        for (Durable durable : durables) {
            if (durable instanceof HardState state) {
                replica.hardState = state;
            } else if (durable instanceof Entry entry) {
                replica.disk.tailMap(entry.index(), true).clear();
                replica.disk.put(entry.index(), entry);
                index = entry.index();
            }
        }
        if (!durables.isEmpty()) {
            record(new TraceEvent.Synced(now, replica.node, replica.partition, index, durables.size() + " records"));
        }
        held.forEach(message -> send(replica.partition, message));
    }

    private void commit(Replica replica, List<Entry> entries) {
        for (Entry entry : entries) {
            String operation = new String(entry.payload(), StandardCharsets.UTF_8);
            if (tookEffect.putIfAbsent(operation, now) == null && open.remove(operation)) {
                String[] words = operation.split(" ");
                long tookEffectNanos = now;
                after(between(0.5, 2), () -> {
                    int client = Integer.parseInt(words[0]);
                    record(new TraceEvent.Completed(
                            now, client, Long.parseLong(words[1]), tookEffectNanos, "STORED", false));
                    after(between(20, 120), () -> client(client));
                });
            }
        }
        if (!entries.isEmpty()) {
            long last = entries.get(entries.size() - 1).index();
            record(new TraceEvent.Committed(now, replica.node, replica.partition, last));
            record(new TraceEvent.Applied(now, replica.node, replica.partition, last));
        }
    }

    private void send(int partition, Message message) {
        if (message.to() == message.from()) {
            Replica self = replica(partition, message.to());
            int life = self.life;
            after(0, () -> {
                if (self.raft != null && self.life == life) {
                    self.raft.receive(message, directory(message.from(), true), now);
                    carryOut(self);
                }
            });
            return;
        }
        long id = ++messages;
        String kind = message.getClass().getSimpleName();
        record(new TraceEvent.Sent(
                now, id, partition, message.from(), message.to(), kind, message.term(), summary(message)));
        after(between(1, 6), () -> arrive(id, partition, message, kind));
    }

    private void arrive(long id, int partition, Message message, String kind) {
        Replica to = replica(partition, message.to());
        String lost = to.raft == null
                ? "the receiver is down"
                : cut.contains(message.from() + ">" + message.to())
                        ? "the link is cut"
                        : random.nextInt(40) == 0 ? "lost on the way" : "";
        if (!lost.isEmpty()) {
            record(new TraceEvent.Dropped(
                    now, id, partition, message.from(), message.to(), kind, message.term(), lost));
        } else if (paused.contains(message.to())) {
            after(5 * MILLI, () -> arrive(id, partition, message, kind));
        } else {
            record(new TraceEvent.Delivered(now, id, partition, message.from(), message.to(), kind, message.term()));
            to.raft.receive(message, directory(message.from(), true), now);
            carryOut(to);
        }
    }

    /** No node of this run ever loses its disk. */
    private static io.ringleader.raft.Replica directory(int node, boolean voter) {
        return new io.ringleader.raft.Replica(node, 1, node, voter);
    }

    private static String summary(Message message) {
        if (message instanceof Message.AppendEntries append) {
            return "after " + append.prevLogIndex() + "@" + append.prevLogTerm() + " " + append.entries() + " commit "
                    + append.leaderCommit();
        } else if (message instanceof Message.AppendReply reply) {
            return reply.success() ? "match " + reply.matchIndex() : "refused at " + reply.rejectedIndex();
        } else if (message instanceof Message.VoteReply reply) {
            return reply.granted() ? "granted" : "refused";
        } else if (message instanceof Message.RequestVote request) {
            return "last " + request.lastLogIndex() + "@" + request.lastLogTerm();
        }
        return "";
    }

    private Replica replica(int partition, int node) {
        return replicas.get(partition * nodes + node - 1);
    }

    // ---- clients

    void client(int client) {
        int partition = random.nextInt(partitions);
        long operation = ++sequence;
        String name = client + " " + operation;
        record(new TraceEvent.Invoked(
                now, client, operation, partition, KEYS[random.nextInt(KEYS.length)], "set 0 0 " + operation));
        open.add(name);
        after(between(0.5, 2), () -> {
            Replica to = replica(partition, leader(partition));
            if (to.raft != null && !paused.contains(to.node)) {
                to.raft.propose(name.getBytes(StandardCharsets.UTF_8));
                carryOut(to);
            }
        });
        after(250 * MILLI, () -> {
            if (open.remove(name)) {
                record(new TraceEvent.Completed(now, client, operation, TraceEvent.NOT_KNOWN, "no answer", true));
                client(client);
            }
        });
    }
}
