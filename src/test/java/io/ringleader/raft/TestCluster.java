package io.ringleader.raft;

import io.ringleader.spec.TraceValidator;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Real nodes of one group in one thread, with a manual network and a manual clock. Every event is followed by all checks. */
final class TestCluster implements NodeEvents {
    final TestNetwork network = new TestNetwork();
    final ClusterChecks checks = new ClusterChecks(this);
    private final Map<Integer, TestNode> nodes = new TreeMap<>();
    /** Holds every step against the specification. */
    final TraceValidator validator = new TraceValidator();

    private final List<NodeEvents> watchers = new ArrayList<>(List.of(checks));
    /** Nodes that were given back an earlier disk. */
    private final Set<Integer> outdatedDisks = new HashSet<>();
    /** As the validator knows them. */
    private final Map<TestDisk, Integer> lostDisks = new IdentityHashMap<>();

    /** Who each node was when it sent a message. */
    private final Map<Message, Replica> senders = new IdentityHashMap<>();

    private long nowNanos;
    private long reads;

    TestCluster(int size, Settings settings) {
        List<Integer> voters = IntStream.rangeClosed(1, size).boxed().toList();
        voters.forEach(id -> nodes.put(id, new TestNode(id, voters, settings, this, validator)));
    }

    static TestCluster of(int size) {
        TestCluster cluster = new TestCluster(size, Settings.DEFAULT);
        cluster.startAll();
        return cluster;
    }

    void watch(NodeEvents watcher) {
        watchers.add(watcher);
    }

    TestNode node(int id) {
        return nodes.get(id);
    }

    Collection<TestNode> nodes() {
        return nodes.values();
    }

    List<TestNode> up() {
        return nodes.values().stream().filter(TestNode::isUp).toList();
    }

    List<TestNode> leaders() {
        return nodes.values().stream().filter(TestNode::isLeader).toList();
    }

    long now() {
        return nowNanos;
    }

    void startAll() {
        nodes.values().stream().filter(node -> !node.isUp()).forEach(node -> start(node.id));
    }

    void start(int id) {
        nodes.get(id).start(nowNanos);
        nodes.keySet().forEach(other -> nodes.get(id).hears(other, nowNanos));
        checks.started(nodes.get(id));
        linkChanged(id);
        checks.all();
    }

    void crash(int id) {
        crash(id, 0);
    }

    void crash(int id, int writesThatMadeIt) {
        nodes.get(id).crash(writesThatMadeIt);
        network.lose(id);
        linkChanged(id);
        checks.all();
    }

    /** A node that is not up gets an empty disk. Returns what it had. */
    TestDisk wipe(int id) {
        outdatedDisks.remove(id);
        int lostBefore = validator.diskLost(id);
        TestDisk lost = nodes.get(id).replaceDisk(new TestDisk());
        lostDisks.put(lost, lostBefore);
        return lost;
    }

    /** A node that is not up gets back a disk that it had before another one. */
    void bringBack(int id, TestDisk disk) {
        nodes.get(id).replaceDisk(disk);
        outdatedDisks.add(id);
        validator.diskFound(id, lostDisks.remove(disk));
    }

    boolean isOutdated(int id) {
        return outdatedDisks.contains(id);
    }

    /** Whether the node may have forgotten something: its disk does not make it a voter, or is an old one. */
    boolean isForgetful(int id) {
        return outdatedDisks.contains(id) || !node(id).disk.isVoter(id);
    }

    /** As {@link #crash}, and the disk is lost too; but what the node has said is still on its way. */
    TestDisk loseDisk(int id) {
        nodes.get(id).crash(0);
        network.loseTo(id);
        TestDisk lost = wipe(id);
        linkChanged(id);
        checks.all();
        return lost;
    }

    /** Both ends of a connection find that it broke: what is in flight is lost. */
    void reconnect(int a, int b) {
        network.inFlight().removeIf(m -> (m.from() == a && m.to() == b) || (m.from() == b && m.to() == a));
        if (node(a).isUp() && node(b).isUp()) {
            suspect(a, b);
            suspect(b, a);
            node(a).reconnected(b);
            node(b).reconnected(a);
        }
        checks.all();
    }

    void isolate(int id) {
        for (int other : nodes.keySet()) {
            if (other != id) {
                network.cut(id, other);
                network.cut(other, id);
            }
        }
    }

    // ---- time

    /** The clock moves; nobody notices before it ticks. */
    void advance(long nanos) {
        nowNanos += nanos;
    }

    /** Owners of nodes give signs of life, and notice when there are none, whatever the groups of the nodes do. */
    void tick(int id) {
        for (TestNode other : nodes.values()) {
            if (other.id != id && other.isUp() && network.isOpen(id, other.id)) {
                other.hears(id, nowNanos);
            }
            boolean isSilent = nowNanos - node(id).heardNanos(other.id) >= Settings.TIMEOUT_MIN;
            if (other.id != id && isSilent && node(id).raft().isQuiet()) {
                suspect(id, other.id);
            }
        }
        node(id).tick(nowNanos);
        checks.all();
    }

    /** The owner of one node believes that another may be gone. */
    void suspect(int id, int other) {
        node(id).suspect(other, node(id).heardNanos(other), nowNanos);
        checks.all();
    }

    /** Whoever can still hear of it finds that a connection was lost or made anew. */
    private void linkChanged(int id) {
        for (TestNode other : up()) {
            if (other.id != id && network.isOpen(id, other.id) && other.raft().isQuiet()) {
                other.suspect(id, other.heardNanos(id), nowNanos);
            }
        }
    }

    void tickAll(long nanos) {
        advance(nanos);
        up().forEach(node -> tick(node.id));
    }

    /** The election timer of a node fires; the others have not looked at the clock since. */
    void timeout(int id) {
        nowNanos = Math.max(nowNanos, node(id).state().electionDeadlineNanos());
        tick(id);
    }

    /** The node's next heartbeat falls due. */
    void heartbeat(int id) {
        nowNanos = (nowNanos / Settings.HEARTBEAT + 1) * Settings.HEARTBEAT;
        tick(id);
    }

    // ---- messages

    @Override
    public void sent(TestNode node, Message message) {
        watchers.forEach(watcher -> watcher.sent(node, message));
        senders.put(message, node.raft().replica());
        network.send(message);
    }

    void deliver(Message message) {
        network.inFlight().remove(message);
        TestNode target = node(message.to());
        if (target.isUp()) {
            Replica sender = senders.get(message);
            // One that a test made up is taken for what the node might say now.
            target.receive(message, sender == null ? node(message.from()).raft().replica() : sender, nowNanos);
        }
        checks.all();
    }

    /** Delivers what is in flight now and fits, but not what is sent because of it. Returns how many messages that were. */
    int deliverOnce(Predicate<Message> which) {
        List<Message> now = network.inFlight().stream().filter(which).toList();
        for (Message message : now) {
            if (network.inFlight().contains(message)) {
                deliver(message);
            }
        }
        return now.size();
    }

    /** Delivers until nothing is in flight any more. The clock stands still. */
    void settle() {
        for (int rounds = 0; deliverOnce(message -> true) > 0; rounds++) {
            if (rounds > 10_000) {
                throw new InvariantViolation("Messages without end, for instance "
                        + MessageText.of(network.inFlight().get(0)) + ".");
            }
        }
    }

    /** As {@link #settle}, but what is late stays so. */
    void settleWhatIsDeliverable() {
        for (int rounds = 0; rounds < 10_000; rounds++) {
            List<Message> now = List.copyOf(network.deliverable());
            if (now.isEmpty()) {
                return;
            }
            for (Message message : now) {
                if (network.inFlight().contains(message)) {
                    deliver(message);
                }
            }
        }
        throw new InvariantViolation("Messages without end.");
    }

    // ---- commands

    void elect(int id) {
        timeout(id);
        settle();
        if (!node(id).isLeader()) {
            throw new IllegalStateException("Node " + id + " was not elected.");
        }
    }

    Raft.Proposed propose(int id, String text) {
        Raft.Proposed proposed = node(id).propose(TestNode.payload(text));
        checks.all();
        return proposed;
    }

    long read(int id) {
        reads++;
        checks.readAsked(reads);
        node(id).read(reads, nowNanos);
        checks.all();
        return reads;
    }

    boolean transfer(int id, int target) {
        boolean begun = node(id).transfer(target, nowNanos);
        checks.all();
        return begun;
    }

    void snapshot(int id) {
        node(id).snapshot();
        checks.all();
    }

    void completeDisk(int id, int writes) {
        node(id).completeDisk(writes);
        checks.all();
    }

    void storeWaitingChunk(int id) {
        node(id).storeWaitingChunk();
        checks.all();
    }

    // ---- events of the nodes, passed on

    @Override
    public void sentToSelf(TestNode node, Message message) {
        watchers.forEach(watcher -> watcher.sentToSelf(node, message));
    }

    @Override
    public void written(TestNode node, Durable durable) {
        watchers.forEach(watcher -> watcher.written(node, durable));
    }

    @Override
    public void durable(TestNode node, Durable durable) {
        watchers.forEach(watcher -> watcher.durable(node, durable));
    }

    @Override
    public void applied(TestNode node, Entry entry) {
        watchers.forEach(watcher -> watcher.applied(node, entry));
    }

    @Override
    public void restored(TestNode node, SnapshotPoint snapshot) {
        watchers.forEach(watcher -> watcher.restored(node, snapshot));
    }

    @Override
    public void roleChanged(TestNode node, Effects.RoleChange change) {
        watchers.forEach(watcher -> watcher.roleChanged(node, change));
    }

    @Override
    public void readServed(TestNode node, Effects.Read read) {
        watchers.forEach(watcher -> watcher.readServed(node, read));
    }

    @Override
    public void readRefused(TestNode node, long readId) {
        watchers.forEach(watcher -> watcher.readRefused(node, readId));
    }
}
