package io.ringleader.raft;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** The state of Figure 2, shared by the classes that implement its rules. Owned by one {@link Raft}. */
final class RaftState {
    private static final long NEVER = Long.MIN_VALUE / 2;
    private static final Effects NOTHING_TO_DO = new Effects();

    final int self;
    final List<Integer> voters;
    final RaftConfig config;
    final RandomGenerator random;
    final RaftLog log;

    // Persistent state on all servers
    private long term;
    private int votedFor;

    // Volatile state on all servers
    private long commitIndex;
    private Role role = Role.FOLLOWER;
    private int leader = HardState.NOBODY;
    private long electionDeadlineNanos;
    private long lastHeardFromLeaderNanos = NEVER;
    /** It neither sends heartbeats nor waits for any ({@link Quiet}). */
    private boolean quiet;

    // Volatile state on leaders: reinitialised after election
    final Map<Integer, Progress> progress = new TreeMap<>();

    private Effects effects = new Effects();

    RaftState(
            int self,
            List<Integer> voters,
            RaftConfig config,
            RandomGenerator random,
            HardState hardState,
            RaftLog log,
            long nowNanos) {
        if (!voters.contains(self)) {
            throw new IllegalArgumentException("Node " + self + " is not one of the voters " + voters + ".");
        }
        this.self = self;
        this.voters = List.copyOf(voters);
        this.config = config;
        this.random = random;
        this.log = log;
        this.term = hardState.term();
        this.votedFor = hardState.votedFor();
        // A snapshot holds committed entries only.
        this.commitIndex = log.snapshot().index();
        if (config.leaseNanos() > 0) {
            // It has forgotten what leader it heard of before it was restarted, and when. The lease of that one counts
            // on it.
            lastHeardFromLeaderNanos = nowNanos;
        }
        resetElectionTimer(nowNanos);
    }

    long term() {
        return term;
    }

    int votedFor() {
        return votedFor;
    }

    long commitIndex() {
        return commitIndex;
    }

    Role role() {
        return role;
    }

    boolean isLeader() {
        return role == Role.LEADER;
    }

    int leader() {
        return leader;
    }

    long electionDeadlineNanos() {
        return electionDeadlineNanos;
    }

    Effects effects() {
        return effects;
    }

    Effects takeEffects() {
        if (effects.isEmpty()) {
            // Never the object that is still written to: what was taken must not change in its taker's hands.
            return NOTHING_TO_DO;
        }
        Effects taken = effects;
        effects = new Effects();
        return taken;
    }

    boolean isMajority(int nodes) {
        return nodes >= Quorum.majority(voters.size());
    }

    /** Election timeouts are chosen randomly from a fixed interval, so that split votes are rare (§5.2). */
    void resetElectionTimer(long nowNanos) {
        long span = config.electionTimeoutMaxNanos() - config.electionTimeoutMinNanos();
        electionDeadlineNanos = nowNanos + config.electionTimeoutMinNanos() + random.nextLong(span + 1);
    }

    /** After an election that nobody won: within half of the shortest timeout, at random, so that it is not split again. */
    void electionSoon(long nowNanos) {
        long soonNanos = nowNanos + random.nextLong(config.electionTimeoutMinNanos() / 2 + 1);
        electionDeadlineNanos = Math.min(electionDeadlineNanos, soonNanos);
    }

    void noElectionBefore(long nanos) {
        electionDeadlineNanos = Math.max(electionDeadlineNanos, nanos);
    }

    /**
     * Whether a current leader is known to be alive, so that whoever asks for votes only disrupts (§6, thesis §4.2.3). A
     * leader knows of itself: it steps down when it loses its quorum. While a node is quiet, that of its leader is heard.
     */
    boolean heardFromLeaderLately(long nowNanos) {
        return isLeader() || quiet || nowNanos - lastHeardFromLeaderNanos < config.electionTimeoutMinNanos();
    }

    /** A message that only the leader of the current term can have sent (§5.2). */
    void heardFromLeader(int from, long nowNanos) {
        if (leader != from) {
            leader = from;
            effects.roleChanged(term, role, leader, "node " + from + " leads term " + term);
        }
        lastHeardFromLeaderNanos = nowNanos;
        resetElectionTimer(nowNanos);
    }

    boolean isQuiet() {
        return quiet;
    }

    void goQuiet() {
        quiet = true;
    }

    void wake() {
        quiet = false;
    }

    /** While this node was quiet, that of its leader was heard, last at that time. */
    void heardFromNodeOfLeader(long heardNanos) {
        // Never earlier than it was: a lease may count on that.
        lastHeardFromLeaderNanos = Math.max(lastHeardFromLeaderNanos, heardNanos);
        resetElectionTimer(lastHeardFromLeaderNanos);
    }

    void enterTerm(long newTerm, int vote) {
        quiet &= newTerm == term;
        term = newTerm;
        votedFor = vote;
        effects.persist(new HardState(term, votedFor));
    }

    void voteFor(int candidate) {
        if (votedFor != candidate) {
            enterTerm(term, candidate);
        }
    }

    void become(Role newRole, int newLeader, String reason) {
        boolean changed = role != newRole || leader != newLeader;
        quiet &= !changed;
        role = newRole;
        leader = newLeader;
        if (newRole == Role.PRE_CANDIDATE) {
            lastHeardFromLeaderNanos = NEVER;
        }
        if (changed) {
            effects.roleChanged(term, role, leader, reason);
        }
    }

    /** Entries up to the index are committed: they are durable on a majority and will never change (§5.3, §5.4). */
    void commitTo(long index) {
        for (long i = commitIndex + 1; i <= index; i++) {
            effects.commit(log.entry(i));
        }
        commitIndex = Math.max(commitIndex, index);
    }

    void describe(StringBuilder text, long nowNanos) {
        text.append(role).append(", term ").append(term).append(", vote ").append(votedFor);
        text.append(", leader ")
                .append(leader)
                .append(", commit ")
                .append(commitIndex)
                .append(", ");
        log.describe(text);
        long heardAgo = Math.min(config.electionTimeoutMinNanos(), nowNanos - lastHeardFromLeaderNanos);
        text.append(", heard of a leader ").append(heardAgo).append(" ago");
        if (!isLeader()) {
            text.append(", timeout in ").append(Math.max(0, electionDeadlineNanos - nowNanos));
        }
        progress.values().forEach(voter -> voter.describe(text, config, nowNanos));
    }

    /** A snapshot of committed entries has taken the place of what this node had. */
    void commitSnapshot(SnapshotPoint snapshot) {
        commitIndex = snapshot.index();
        effects.persist(snapshot);
        effects.restore(snapshot);
    }
}
