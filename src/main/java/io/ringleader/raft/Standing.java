package io.ringleader.raft;

import io.ringleader.raft.Effects.ReplicaNews.Kind;
import io.ringleader.raft.Message.Admit;
import io.ringleader.raft.Message.Introduce;
import io.ringleader.raft.Message.Introduced;
import io.ringleader.raft.Message.Vouch;
import io.ringleader.raft.Message.Vouched;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which directory of each node is the one that counts, and whether this one may vote. A node whose data directory was lost has
 * forgotten what it voted and acknowledged; would it go on under its old id, it could vote twice in a term, and elect a leader
 * without entries that it acknowledged. So a new directory counts for nothing until one of these has happened:
 *
 * <ul>
 *   <li>All other nodes have durably noted it as the first of its node: then there is nothing that could have been forgotten.
 *       So a new cluster begins.
 *   <li>A leader has let it in ({@link Admit}): {@link Quorum#witnesses} others, the leader among them, have followed this leader
 *       and durably noted the new directory, both after it had introduced itself; and then it has acknowledged everything
 *       that was in the leader's log at that moment.
 * </ul>
 *
 * <p>Why that is enough is in docs/raft.md.
 */
final class Standing {
    /** A newcomer that this leader is letting in. */
    private static final class Join {
        final Replica newcomer;
        final Set<Integer> vouchers = new TreeSet<>();
        /** What the newcomer must have, known once enough others have vouched; before that negative. */
        long targetIndex = -1;

        Join(Replica newcomer) {
            this.newcomer = newcomer;
        }
    }

    private final RaftState state;
    /** As it is on disk; null before it is. */
    private Replica self;
    /** As it was last handed to the disk. */
    private Replica written;
    /** The newest directory of each other node that counts or may come to count. */
    private final Map<Integer, Replica> known = new TreeMap<>();
    /** Others that know this directory as the first of its node. */
    private final Set<Integer> acceptedBy = new TreeSet<>();

    private final Map<Integer, Join> joins = new TreeMap<>();
    /** Of this node, newer than this directory, and it counts; null while none is known. */
    private Replica successor;

    private long nextIntroductionNanos = Long.MIN_VALUE;

    /** @throws IllegalArgumentException if the disk holds anything, but not who wrote it: that is always written first */
    Standing(RaftState state, List<Replica> onDisk) {
        this.state = state;
        for (Replica replica : onDisk) {
            if (replica.node() == state.self) {
                self = replica;
                written = replica;
            } else {
                known.put(replica.node(), replica);
            }
        }
        if (self == null) {
            if (state.term() > 0 || state.log.lastIndex() > 0) {
                throw new IllegalArgumentException("The log of node " + state.self + " is at term " + state.term()
                        + " and index " + state.log.lastIndex() + ", but does not say which replica it belongs to.");
            }
            boolean alone = state.voters.size() == 1;
            write(new Replica(state.self, 1, state.random.nextLong(), alone));
        }
    }

    /** Who this node says it is. */
    Replica self() {
        return self == null ? written : self;
    }

    /** Whether it may vote and campaign. Once true, it stays so until the directory is found to be replaced. */
    boolean isVoter() {
        return self != null && self.voter() && successor == null;
    }

    boolean isReplaced() {
        return successor != null;
    }

    /** Whether this directory took, or takes, the place of another one. */
    boolean isRejoining() {
        return !isVoter() && written.generation() > 1;
    }

    /** Other nodes that have not yet said that they know of no directory before this one. */
    List<Integer> unanswered() {
        return state.voters.stream()
                .filter(node -> node != state.self && !acceptedBy.contains(node))
                .toList();
    }

    /** Nothing is said, done or listened to before everybody can be told who speaks, also after a crash. */
    boolean isMute() {
        return self == null || self.generation() != written.generation() || isReplaced();
    }

    private void write(Replica replica) {
        written = replica;
        state.effects().persist(replica);
        // Comes back once it is on disk.
        state.effects().send(new Introduced(state.self, state.self, state.term(), replica));
    }

    private void writtenIsDurable(Replica durable, long nowNanos) {
        if (durable.equals(written)) {
            self = durable;
            if (self.voter()) {
                state.resetElectionTimer(nowNanos);
            }
        }
    }

    // ---- who is listened to

    /** Whether the message is from a directory that was not replaced. Its sender becomes known, if it is news. */
    boolean listensTo(Message message, Replica sender) {
        if (isMute()) {
            return false;
        }
        Replica other = known.get(sender.node());
        if (!sender.voter() || (other != null && other.isSameDirectory(sender))) {
            return true;
        }
        if (other == null || counts(sender, other)) {
            note(sender);
            return true;
        }
        if (!(message instanceof Introduced)) {
            state.effects().replicaNews(sender, Kind.REFUSED);
            state.effects().send(new Introduced(state.self, sender.node(), state.term(), other));
        }
        return message instanceof Introduced;
    }

    /** Whether the sender, a voter, takes the place of the other: of each generation, one directory at most gets to vote. */
    private static boolean counts(Replica sender, Replica other) {
        return sender.generation() >= other.generation();
    }

    /** Whether a vote that came from this replica counts still. */
    boolean isCurrent(Replica replica) {
        Replica newest = replica.node() == state.self ? self : known.get(replica.node());
        return newest == null || newest.generation() <= replica.generation();
    }

    private void note(Replica replica) {
        Replica other = replica.withVoter(false);
        Replica previous = known.put(other.node(), other);
        if (other.equals(previous)) {
            return;
        }
        state.effects().persist(other);
        Progress progress = state.progress.get(other.node());
        if (progress != null && !progress.isOf(other)) {
            progress.replaced(state.log.lastIndex() + 1);
        }
    }

    /** What another node knows of all nodes. */
    void learn(List<Replica> learned) {
        for (Replica replica : learned) {
            Replica other = known.get(replica.node());
            if (replica.node() != state.self && (other == null || replica.generation() > other.generation())) {
                note(replica);
            }
        }
    }

    /** Directories that took the place of others, this one among them if it did. */
    List<Replica> replacements() {
        return everyone().stream().filter(replica -> replica.generation() > 1).toList();
    }

    /** What is on the disk, or on its way there: this directory first. */
    List<Replica> written() {
        List<Replica> all = new ArrayList<>();
        all.add(written);
        all.addAll(known.values());
        return all;
    }

    void describe(StringBuilder text, long nowNanos) {
        text.append(", is ").append(self).append(" and writes ").append(written);
        text.append(", knows ").append(known).append(", accepted by ").append(acceptedBy);
        text.append(isReplaced() ? ", replaced" : "");
        if (!isVoter()) {
            text.append(", introduces itself in ")
                    .append(nextIntroductionNanos <= nowNanos ? 0 : nextIntroductionNanos - nowNanos);
        }
        if (state.isLeader()) {
            for (Join join : joins.values()) {
                text.append(", lets in ").append(join.newcomer).append(" vouched for by ");
                text.append(join.vouchers).append(" from ").append(join.targetIndex);
            }
        }
    }

    private List<Replica> everyone() {
        List<Replica> all = new ArrayList<>(known.values());
        all.add(self.withVoter(false));
        return all;
    }

    // ---- a directory that does not vote yet

    void tick(long nowNanos) {
        if (!isMute() && !self.voter() && nowNanos >= nextIntroductionNanos) {
            nextIntroductionNanos = nowNanos + state.config.heartbeatNanos();
            for (int node : state.voters) {
                if (node != state.self) {
                    state.effects().send(new Introduce(state.self, node, state.term()));
                }
            }
        }
    }

    void onIntroduced(Introduced answer, long nowNanos) {
        Replica claimed = answer.known();
        if (answer.from() == state.self) {
            writtenIsDurable(claimed, nowNanos);
        } else if (claimed.isSameDirectory(written)) {
            acceptedBy.add(answer.from());
            boolean isFirst = written.generation() == 1 && acceptedBy.size() == state.voters.size() - 1;
            if (isFirst && !written.voter()) {
                write(written.withVoter(true));
            }
        } else if (written.voter() && claimed.generation() > written.generation()) {
            successor = claimed;
            state.effects().replicaNews(written, Kind.REPLACED);
        } else if (!written.voter() && claimed.generation() >= written.generation()) {
            acceptedBy.clear();
            write(new Replica(state.self, claimed.generation() + 1, written.identity(), false));
            state.effects().replicaNews(written, Kind.REJOINS);
        }
    }

    void onAdmit(Admit admit) {
        if (written.voter() || !admit.newcomer().isSameDirectory(written)) {
            return;
        }
        learn(admit.known());
        if (state.votedFor() == HardState.NOBODY) {
            // An earlier directory may have voted in this term. If that counted, it was for this leader.
            state.voteFor(admit.from());
        }
        write(written.withVoter(true));
    }

    // ---- others

    void onIntroduce(Introduce introduction, Replica newcomer) {
        if (newcomer.voter()) {
            return;
        }
        Replica other = known.get(newcomer.node());
        if (other == null && newcomer.generation() == 1) {
            note(newcomer);
            other = newcomer;
        }
        if (other != null) {
            state.effects().send(new Introduced(state.self, newcomer.node(), state.term(), other.withVoter(false)));
            if (!other.isSameDirectory(newcomer)) {
                state.effects().replicaNews(newcomer, Kind.CAME_BACK_EMPTY);
            }
        }
        if (state.isLeader() && mayBecomeKnown(newcomer)) {
            letIn(newcomer);
        }
    }

    private boolean mayBecomeKnown(Replica newcomer) {
        Replica other = known.get(newcomer.node());
        return other == null || other.generation() < newcomer.generation() || other.isSameDirectory(newcomer);
    }

    void onVouch(Vouch request) {
        Replica newcomer = request.newcomer();
        if (isVoter() && newcomer.node() != state.self && mayBecomeKnown(newcomer)) {
            note(newcomer);
            state.effects().send(new Vouched(state.self, request.from(), state.term(), newcomer));
        }
    }

    // ---- leader

    void lead() {
        joins.clear();
    }

    /** One step; the newcomer repeats itself until it is in, so nothing else needs to. */
    private void letIn(Replica newcomer) {
        Join join = joins.get(newcomer.node());
        if (join == null || !join.newcomer.isSameDirectory(newcomer)) {
            join = new Join(newcomer);
            joins.put(newcomer.node(), join);
        }
        Progress progress = state.progress.get(newcomer.node());
        if (join.targetIndex < 0) {
            for (int node : state.voters) {
                if (node != newcomer.node() && !join.vouchers.contains(node)) {
                    askToVouch(node, newcomer);
                }
            }
        } else if (progress.isOf(newcomer) && progress.matchIndex() >= join.targetIndex) {
            state.effects().send(new Admit(state.self, newcomer.node(), state.term(), newcomer, everyone()));
        }
    }

    private void askToVouch(int node, Replica newcomer) {
        Vouch request = new Vouch(state.self, node, state.term(), newcomer);
        if (node == state.self) {
            onVouch(request);
        } else {
            state.effects().send(request);
        }
    }

    void onVouched(Vouched answer, Replica voucher) {
        Join join = joins.get(answer.newcomer().node());
        if (join == null || !join.newcomer.isSameDirectory(answer.newcomer()) || !voucher.voter()) {
            return;
        }
        join.vouchers.add(voucher.node());
        boolean enough = join.vouchers.size() >= Quorum.witnesses(state.voters.size());
        if (join.targetIndex < 0 && enough && join.vouchers.contains(state.self)) {
            // All that any leader up to this term had acknowledged by an earlier directory is in this log now.
            join.targetIndex = state.log.lastIndex();
        }
    }
}
