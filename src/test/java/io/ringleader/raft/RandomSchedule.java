package io.ringleader.raft;

import io.ringleader.spec.TraceValidator;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A cluster lives through random events that all follow from one seed: first anything may happen and only safety is demanded,
 * then the faults stop and it must make progress within bounded time.
 */
public final class RandomSchedule {
    /** What must have happened in some schedule, or the schedules prove nothing. */
    enum Seen {
        ELECTED,
        STEPPED_DOWN,
        TWO_LEADERS,
        COMMITTED,
        TRUNCATED,
        SNAPSHOT_RESTORED,
        SNAPSHOT_WITHIN_A_CONFLICTING_TAIL,
        READ_SERVED,
        READ_SERVED_BY_FOLLOWER,
        READ_SERVED_BY_LEASE,
        READ_REFUSED,
        HANDED_OVER,
        CRASH_LOST_WRITES,
        COMMITTED_BEFORE_OWN_DISK,
        BEGAN_WITH_EMPTY_DISKS,
        DISK_LOST,
        REJOINED,
        REPLACED_DISK_CAME_BACK,
        LEADER_WENT_QUIET,
        FOLLOWER_WENT_QUIET,
        QUIET_NODE_WOKE,
        QUIET_NODE_CRASHED
    }

    private static final long STEP = 20 * Settings.MILLI;
    private static final long LIVENESS_LIMIT = 60_000 * Settings.MILLI;

    private final Random random;
    private final TestCluster cluster;
    private final Map<Seen, Integer> seen = new EnumMap<>(Seen.class);
    private final double lossRate;
    private final double duplicateRate;
    private final double faultRate;
    private final boolean reorders;
    private final int disksThatWait;
    /** Leaders fall soon after they were elected, often before anything of their own is committed, as in Figure 8. */
    private final boolean shortReigns;

    private final SortedMap<Integer, Integer> stepsUntilFall = new TreeMap<>();
    private int proposals;
    private final Set<Integer> paused = new HashSet<>();
    private final Set<Long> servedReads = new HashSet<>();
    private final Set<Long> refusedReads = new HashSet<>();
    /** One at each node, asked for last. */
    private List<Long> lastReads = List.of();

    private final double diskLossRate;
    /** Null in schedules in which clients never pause. */
    private final Lulls lulls;

    /** Null in schedules in which nobody is cut off with a tail of its own on purpose. */
    private final StrandedLeader stranded;

    /** By node: what it had on a disk that it lost. */
    private final Map<Integer, TestDisk> lostDisks = new TreeMap<>();

    public RandomSchedule(long seed) {
        random = new Random(seed);
        int size = 1 + random.nextInt(5);
        Settings settings = Settings.DEFAULT
                .withSeed(seed)
                .withLimits(random.nextBoolean() ? 150 : 1 << 20, 1 + random.nextInt(4), 1_000)
                .withRetainBytes(random.nextInt(4) * 100L);
        if (seed % 2 == 0) {
            settings = settings.withLease();
        }
        if (seed % 3 == 0) {
            settings = settings.withQuietAfter((1 + seed % 5) * Settings.HEARTBEAT);
        }
        lossRate = random.nextInt(3) * 0.1;
        duplicateRate = random.nextInt(3) * 0.1;
        faultRate = random.nextInt(4) * 0.02;
        reorders = random.nextBoolean();
        shortReigns = random.nextInt(3) == 0;
        disksThatWait = shortReigns ? 0 : random.nextInt(size + 1);
        cluster = new TestCluster(size, settings);
        cluster.watch(new Sightings());
        lulls = seed % 3 == 0 ? new Lulls(cluster, new Random(seed), this::count) : null;
        for (int id = 1; id <= disksThatWait; id++) {
            cluster.node(id).diskIsAutomatic(false);
            cluster.node(id).chunksWait(true);
        }
        diskLossRate = random.nextInt(3) * 0.005;
        if (random.nextInt(4) == 0) {
            cluster.nodes().forEach(node -> cluster.wipe(node.id));
            count(Seen.BEGAN_WITH_EMPTY_DISKS);
        }
        // Of a random source of its own: so that schedules without it are as they would be.
        stranded = size > 2 && seed % 4 == 0 ? new StrandedLeader(cluster, new Random(seed)) : null;
        cluster.startAll();
    }

    Map<Seen, Integer> seen() {
        return seen;
    }

    TraceValidator validator() {
        return cluster.validator;
    }

    public void run(int events) {
        for (int i = 0; i < events; i++) {
            step();
            if (cluster.leaders().size() > 1) {
                count(Seen.TWO_LEADERS);
                temptOldLeaders();
            }
            if (cluster.up().stream().anyMatch(node -> node.raft().isReplaced())) {
                count(Seen.REPLACED_DISK_CAME_BACK);
            }
        }
        heal();
        mustMakeProgress();
        if (cluster.leaders().size() == 1 && cluster.nodes().size() > 2) {
            new OutlivedLeader(cluster, random, cluster.leaders().get(0), this::read).run(STEP);
        }
    }

    /** Who leads no more and does not know is asked for what it must not answer. */
    private void temptOldLeaders() {
        if (random.nextInt(4) == 0) {
            new ArrayList<>(cluster.leaders()).forEach(this::read);
        }
    }

    private void step() {
        if (shortReigns) {
            reign();
        }
        if (stranded != null) {
            stranded.step();
        }
        int dice = lulls != null && lulls.isLull() ? random.nextInt(75) : random.nextInt(100);
        if (random.nextDouble() < faultRate) {
            fault();
        } else if (random.nextDouble() < diskLossRate) {
            changeDisk(anyId());
        } else if (dice < 60) {
            network();
        } else if (dice < 75) {
            pass();
        } else if (dice < 85) {
            withAny(node -> cluster.propose(node.id, "p" + ++proposals));
        } else if (dice < 90) {
            withAny(this::read);
        } else if (dice < 97) {
            int id = anyId();
            if (cluster.node(id).isUp()) {
                cluster.completeDisk(id, 1 + random.nextInt(5));
                cluster.storeWaitingChunk(id);
            }
        } else if (dice < 98) {
            withAny(node -> cluster.snapshot(node.id));
        } else {
            withAny(node -> transfer(node));
        }
        if (lulls != null) {
            lulls.look();
        }
    }

    private void reign() {
        stepsUntilFall.replaceAll((id, steps) -> steps - 1);
        while (!stepsUntilFall.isEmpty() && stepsUntilFall.containsValue(0)) {
            int fallen = stepsUntilFall.keySet().stream()
                    .filter(id -> stepsUntilFall.get(id) == 0)
                    .findFirst()
                    .orElseThrow();
            stepsUntilFall.remove(fallen);
            if (random.nextBoolean()) {
                crash(fallen);
            } else {
                isolateOrCut(fallen);
                for (int i = random.nextInt(4); i > 0 && cluster.node(fallen).isUp(); i--) {
                    cluster.propose(fallen, "p" + ++proposals);
                }
            }
        }
        if (random.nextInt(30) == 0) {
            cluster.nodes().stream().filter(node -> !node.isUp()).findAny().ifPresent(node -> cluster.start(node.id));
        }
        if (random.nextInt(60) == 0) {
            // Whoever comes back with a tail of its own finds that the entries it needs are compacted.
            new ArrayList<>(cluster.leaders()).forEach(node -> cluster.snapshot(node.id));
            cluster.network.healAll();
        }
    }

    /** Time passes: for everybody, or only some notice. */
    private void pass() {
        cluster.advance(random.nextInt(shortReigns ? 3 : 8) == 0 ? STEP * 20 : STEP);
        boolean all = random.nextInt(4) > 0;
        for (TestNode node : cluster.up()) {
            if (!paused.contains(node.id) && (all || random.nextBoolean())) {
                cluster.tick(node.id);
            }
        }
    }

    private void network() {
        List<Message> deliverable = cluster.network.deliverable();
        if (deliverable.isEmpty()) {
            return;
        }
        Message message = deliverable.get(reorders ? random.nextInt(deliverable.size()) : 0);
        if (random.nextDouble() < lossRate) {
            cluster.network.inFlight().remove(message);
            return;
        }
        cluster.deliver(message);
        if (random.nextDouble() < duplicateRate) {
            cluster.network.send(message);
        }
    }

    private void fault() {
        int node = anyId();
        switch (random.nextInt(8)) {
            case 0 -> crash(node);
            case 1, 2 ->
                cluster.nodes().stream()
                        .filter(other -> !other.isUp())
                        .findFirst()
                        .ifPresent(other -> cluster.start(other.id));
            case 3 -> isolateOrCut(node);
            case 4 -> {
                cluster.network.healAll();
                paused.clear();
            }
            case 5 -> clog(node);
            case 6 -> pause();
            default -> {
                int other = anyId();
                if (other != node) {
                    cluster.reconnect(node, other);
                }
            }
        }
    }

    private void crash(int id) {
        if (cluster.node(id).isUp()) {
            if (cluster.node(id).disk.hasPendingWrites()) {
                count(Seen.CRASH_LOST_WRITES);
            }
            cluster.crash(id, random.nextInt(3));
        }
    }

    /** A node loses its disk, or it gets back one that it lost before; never so many that nobody may remember. */
    private void changeDisk(int id) {
        int size = cluster.nodes().size();
        long forgetful = cluster.nodes().stream()
                .filter(node -> node.id == id || cluster.isForgetful(node.id))
                .count();
        if (forgetful > (size == 2 ? 1 : size - Quorum.majority(size))) {
            return;
        }
        TestDisk lost = cluster.loseDisk(id);
        count(Seen.DISK_LOST);
        TestDisk before = lostDisks.put(id, lost);
        if (before != null && random.nextInt(3) == 0) {
            cluster.bringBack(id, before);
        }
        if (random.nextBoolean()) {
            cluster.start(id);
        }
    }

    /** One link in one direction, or all links of a node in one or both. */
    private void isolateOrCut(int node) {
        boolean out = random.nextBoolean();
        boolean in = !out || random.nextBoolean();
        for (TestNode other : cluster.nodes()) {
            if (other.id != node && random.nextInt(3) > 0) {
                if (out) {
                    cluster.network.cut(node, other.id);
                }
                if (in) {
                    cluster.network.cut(other.id, node);
                }
            }
        }
    }

    /** All that a node says, or all that is said to it, becomes late. */
    private void clog(int node) {
        boolean out = random.nextBoolean();
        for (TestNode other : cluster.nodes()) {
            if (other.id != node) {
                cluster.network.clog(out ? node : other.id, out ? other.id : node);
            }
        }
    }

    /** A node, preferably a leader, stops: it hears nothing and does not see the time. It wakes up to a client's command. */
    private void pause() {
        withAny(node -> {
            paused.add(node.id);
            for (TestNode other : cluster.nodes()) {
                cluster.network.clog(other.id, node.id);
            }
        });
    }

    private void read(TestNode node) {
        boolean leads = node.isLeader() && cluster.nodes().size() > 1;
        if (servedReads.contains(cluster.read(node.id)) && leads) {
            count(Seen.READ_SERVED_BY_LEASE);
        }
    }

    private void transfer(TestNode node) {
        int target = anyId();
        if (cluster.transfer(node.id, target)) {
            count(Seen.HANDED_OVER);
        }
    }

    private void withAny(Consumer<TestNode> action) {
        List<TestNode> leaders = cluster.leaders();
        List<TestNode> candidates = random.nextInt(4) > 0 && !leaders.isEmpty() ? leaders : cluster.up();
        if (!candidates.isEmpty()) {
            action.accept(candidates.get(random.nextInt(candidates.size())));
        }
    }

    private int anyId() {
        return 1 + random.nextInt(cluster.nodes().size());
    }

    // ---- liveness

    private void heal() {
        cluster.network.healAll();
        for (TestNode node : cluster.nodes()) {
            if (cluster.isOutdated(node.id)) {
                cluster.loseDisk(node.id);
            }
        }
        cluster.startAll();
        for (TestNode node : cluster.nodes()) {
            node.diskIsAutomatic(true);
            node.chunksWait(false);
            cluster.completeDisk(node.id, Integer.MAX_VALUE);
        }
    }

    private void mustMakeProgress() {
        long limit = cluster.now() + LIVENESS_LIMIT;
        long marker = -1;
        while (cluster.now() < limit) {
            cluster.tickAll(STEP);
            cluster.settle();
            if (marker < 0) {
                marker = proposeToAnyLeader();
            } else if (allHaveApplied(marker) && allVote() && servedReads.containsAll(lastReads)) {
                return;
            } else if (lastReads.stream().anyMatch(refusedReads::contains) || lost(marker)) {
                marker = -1;
            }
        }
        throw new InvariantViolation("No progress within " + LIVENESS_LIMIT / Settings.MILLI
                + " ms after the faults stopped; leaders: "
                + cluster.leaders().stream().map(node -> node.id).toList() + ", applied: "
                + cluster.nodes().stream().map(TestNode::appliedIndex).toList() + ".");
    }

    private long proposeToAnyLeader() {
        for (TestNode leader : new ArrayList<>(cluster.leaders())) {
            if (cluster.propose(leader.id, "last") == Raft.Proposed.ACCEPTED) {
                long marker = leader.raft().lastIndex();
                lastReads = cluster.nodes().stream()
                        .map(node -> cluster.read(node.id))
                        .toList();
                return marker;
            }
        }
        return -1;
    }

    private boolean lost(long marker) {
        return cluster.nodes().stream().allMatch(node -> node.raft().lastIndex() < marker);
    }

    private boolean allHaveApplied(long marker) {
        return cluster.nodes().stream().allMatch(node -> node.appliedIndex() >= marker);
    }

    private boolean allVote() {
        return cluster.nodes().stream().allMatch(node -> node.raft().replica().voter());
    }

    private void count(Seen what) {
        seen.merge(what, 1, Integer::sum);
    }

    private final class Sightings implements NodeEvents {
        @Override
        public void written(TestNode node, Durable durable) {
            if (durable instanceof Entry entry && entry.index() <= node.disk.lastIndex()) {
                count(Seen.TRUNCATED);
            } else if (durable instanceof SnapshotPoint point
                    && point.index() < node.disk.lastIndex()
                    && !node.disk.has(point.index(), point.term())) {
                count(Seen.SNAPSHOT_WITHIN_A_CONFLICTING_TAIL);
            }
        }

        @Override
        public void durable(TestNode node, Durable durable) {
            if (durable instanceof Replica replica && replica.voter() && replica.generation() > 1) {
                count(Seen.REJOINED);
            }
        }

        @Override
        public void applied(TestNode node, Entry entry) {
            count(Seen.COMMITTED);
            if (node.isLeader() && !node.disk.has(entry.index(), entry.term())) {
                count(Seen.COMMITTED_BEFORE_OWN_DISK);
            }
        }

        @Override
        public void restored(TestNode node, SnapshotPoint snapshot) {
            count(Seen.SNAPSHOT_RESTORED);
        }

        @Override
        public void roleChanged(TestNode node, Effects.RoleChange change) {
            if (change.role() == Role.LEADER) {
                count(Seen.ELECTED);
                stepsUntilFall.put(node.id, 1 + random.nextInt(30));
            } else if (change.reason().startsWith("lost contact")) {
                count(Seen.STEPPED_DOWN);
            }
        }

        @Override
        public void readServed(TestNode node, Effects.Read read) {
            count(node.isLeader() ? Seen.READ_SERVED : Seen.READ_SERVED_BY_FOLLOWER);
            servedReads.add(read.readId());
        }

        @Override
        public void readRefused(TestNode node, long readId) {
            count(Seen.READ_REFUSED);
            refusedReads.add(readId);
        }
    }
}
