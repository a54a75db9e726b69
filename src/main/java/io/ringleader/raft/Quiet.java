package io.ringleader.raft;

import io.ringleader.raft.Message.Heartbeat;
import io.ringleader.raft.Message.HeartbeatReply;
import io.ringleader.raft.Message.PreVote;
import io.ringleader.raft.Message.RequestVote;
import java.util.Set;
import java.util.TreeSet;

/**
 * A group in which nothing happens sends no heartbeats and watches no timers; instead its owner watches the nodes, once for all
 * groups, and says with {@link Raft#suspect} when one of them may be gone. Nothing but timers and heartbeats rests: no rule of
 * Figure 2 is another one while a node is quiet.
 *
 * <p>A leader of an idle group in which all voters have everything offers with its heartbeats to be quiet. A follower that has
 * everything too agrees, and is quiet from then on. The leader is quiet once all others have agreed to the same offer. Whatever
 * else happens wakes them; see docs/raft.md for all of it and for why it is enough.
 */
final class Quiet {
    /** The round of a {@link HeartbeatReply} that answers no heartbeat: a follower is awake and says so. */
    private static final long NUDGE = -1;

    private static final long NONE = 0;

    private final RaftState state;
    private final Standing standing;
    private final LeadershipTransfer transfer;
    private final Reads reads;
    private final FollowerReads followerReads;

    // ---- leader
    /** Something has happened since the last tick. */
    private boolean busy;

    private long idleSinceNanos;
    /** The round in which the offer was made first: answers to earlier ones are answers to an earlier offer. */
    private long offerRound = NONE;

    private final Set<Integer> agreed = new TreeSet<>();
    /** It woke at a moment that it does not know: when the others were heard last is not known either. */
    private boolean contactsUnknown;

    // ---- follower
    private boolean nudgeWanted;

    Quiet(RaftState state, Standing standing, LeadershipTransfer transfer, Reads reads, FollowerReads followerReads) {
        this.state = state;
        this.standing = standing;
        this.transfer = transfer;
        this.reads = reads;
        this.followerReads = followerReads;
    }

    // ---- leader

    void lead() {
        busy = true;
        contactsUnknown = false;
        withdraw();
    }

    /** Something happens in this group: a leader goes on, or begins again, to make itself heard. */
    void busy() {
        busy = true;
        withdraw();
        if (state.isQuiet()) {
            state.wake();
            contactsUnknown = true;
        }
    }

    private void withdraw() {
        offerRound = NONE;
        agreed.clear();
    }

    /** Before anything else that time brings about. */
    void tick(long nowNanos) {
        if (contactsUnknown) {
            assumeContacts(nowNanos);
        }
        if (busy) {
            busy = false;
            idleSinceNanos = nowNanos;
        }
    }

    /** All nodes were heard lately, or their owner would have said so; that they follow they must show from now on. */
    private void assumeContacts(long nowNanos) {
        contactsUnknown = false;
        state.progress.values().forEach(voter -> voter.assumeContact(nowNanos));
    }

    /** Of heartbeats that fall due: decides whether they offer to be quiet. An offer begins a round, so that its answers are known. */
    long roundOfHeartbeats(long nowNanos) {
        boolean idle = !busy && nowNanos - idleSinceNanos >= state.config.quietAfterNanos();
        if (!idle || !mayBeQuiet(nowNanos)) {
            withdraw();
        } else if (offerRound == NONE) {
            offerRound = reads.newRound(nowNanos);
            if (state.voters.size() == 1) {
                state.goQuiet();
            }
            return offerRound;
        }
        return reads.roundOfHeartbeats(nowNanos);
    }

    boolean isOffered() {
        return offerRound != NONE;
    }

    /** Nobody lacks anything, wants anything, or is missing. */
    private boolean mayBeQuiet(long nowNanos) {
        long lastIndex = state.log.lastIndex();
        return state.commitIndex() == lastIndex
                && !transfer.inProgress()
                && reads.isIdle()
                && state.progress.values().stream()
                        .allMatch(voter -> voter.isInStepWith(lastIndex)
                                && (voter.node == state.self
                                        || nowNanos - voter.lastContactNanos < state.config.electionTimeoutMinNanos()));
    }

    /** The answer to an offer, if there is one. */
    void onHeartbeatReply(HeartbeatReply reply, long nowNanos) {
        boolean answersOffer = isOffered() && reply.readRound() >= offerRound;
        if (!reply.quiet() && (answersOffer || reply.readRound() == NUDGE)) {
            busy();
        } else if (reply.quiet() && answersOffer) {
            agreed.add(reply.from());
            if (agreed.size() == state.voters.size() - 1 && mayBeQuiet(nowNanos)) {
                state.goQuiet();
            }
        }
    }

    // ---- follower

    /** The answer to a heartbeat that was handled. Quiet is who has nothing left to do but to wait for this leader's end. */
    void answer(Heartbeat heartbeat) {
        long lastIndex = state.log.lastIndex();
        boolean agrees = heartbeat.quiet()
                && heartbeat.isFor(standing.self())
                && standing.isVoter()
                && followerReads.isIdle()
                && lastIndex == heartbeat.commitIndex()
                && lastIndex == state.commitIndex();
        if (agrees) {
            state.goQuiet();
        } else {
            state.wake();
        }
        nudgeWanted = false;
        state.effects()
                .send(new HeartbeatReply(state.self, heartbeat.from(), state.term(), heartbeat.readRound(), agrees));
    }

    /** A read: it is given up in time, and its leader is asked, which wakes that one too. */
    void onRead(long nowNanos) {
        if (state.isLeader()) {
            busy();
        } else if (state.isQuiet()) {
            state.wake();
            state.resetElectionTimer(nowNanos);
        }
    }

    /** At the end of a burst: who woke for a reason that its leader does not know tells it, or it would not hear from it. */
    void flush() {
        boolean follows = state.role() == Role.FOLLOWER && state.leader() != HardState.NOBODY;
        if (nudgeWanted && !state.isQuiet() && follows && standing.isVoter()) {
            state.effects().send(new HeartbeatReply(state.self, state.leader(), state.term(), NUDGE, false));
        }
        nudgeWanted = false;
    }

    // ---- both

    /** Before a message of another node is handled. */
    void onMessage(Message message, long nowNanos) {
        if (state.isLeader()) {
            boolean answer = message instanceof HeartbeatReply reply && (reply.quiet() || !state.isQuiet());
            if (!answer) {
                busy();
            }
        } else if (state.isQuiet() && !staysQuietAt(message)) {
            state.wake();
            state.resetElectionTimer(nowNanos);
            nudgeWanted = message.from() != state.leader();
        }
    }

    /**
     * Others that ask for votes have lost sight of a leader whose node is heard here: they are refused as by any follower that hears
     * its leader. But if the leader itself asks for votes in a later term, it leads no more. (In its own term it may have asked
     * before it led.)
     */
    private boolean staysQuietAt(Message message) {
        boolean isLater = message.term() > state.term();
        if (message.from() == state.leader()) {
            return message instanceof Heartbeat heartbeat
                    ? heartbeat.quiet() && heartbeat.term() == state.term()
                    : message instanceof PreVote && !isLater;
        }
        return message instanceof PreVote || (message instanceof RequestVote request && isLater && !request.transfer());
    }

    /**
     * The node may be gone, or may have been restarted.
     *
     * @param heardNanos when it was last heard. A follower goes on as if that had been a heartbeat, so that it takes over no later
     *     than if it had waited for heartbeats all the time; and a leader counts it as the node's last answer
     */
    void suspect(int node, long heardNanos, long nowNanos) {
        long heard = Math.min(heardNanos, nowNanos);
        if (state.isLeader()) {
            if (state.isQuiet()) {
                busy();
                assumeContacts(nowNanos);
            }
            Progress voter = state.progress.get(node);
            if (voter != null && node != state.self) {
                voter.doubtContact(heard);
            }
        } else if (state.isQuiet() && node == state.leader()) {
            state.wake();
            state.heardFromNodeOfLeader(heard);
            nudgeWanted = true;
        }
    }

    void describe(StringBuilder text, long nowNanos) {
        text.append(state.isQuiet() ? ", quiet" : "").append(nudgeWanted ? ", nudges" : "");
        boolean ever = state.config.quietAfterNanos() < Long.MAX_VALUE;
        if (state.isLeader() && ever) {
            long idleNanos = busy ? 0 : nowNanos - idleSinceNanos;
            text.append(", idle for ").append(Math.min(state.config.quietAfterNanos(), idleNanos));
            text.append(busy ? " from the next tick on" : "").append(contactsUnknown ? ", contacts unknown" : "");
            text.append(", offered in ").append(offerRound).append(", agreed ").append(agreed);
        }
    }
}
