package io.ringleader.spec;

import io.ringleader.raft.Message;
import io.ringleader.raft.Message.AppendEntries;
import io.ringleader.raft.Message.AppendReply;
import io.ringleader.raft.Message.Heartbeat;
import io.ringleader.raft.Message.HeartbeatReply;
import io.ringleader.raft.Message.InstallSnapshot;
import io.ringleader.raft.Message.PreVote;
import io.ringleader.raft.Message.PreVoteReply;
import io.ringleader.raft.Message.RequestVote;
import io.ringleader.raft.Message.SnapshotReply;
import io.ringleader.raft.Message.TimeoutNow;
import io.ringleader.raft.Message.VoteReply;
import io.ringleader.raft.Raft.Proposed;
import io.ringleader.raft.SnapshotPoint;
import io.ringleader.raft.Step;
import java.util.ArrayList;
import java.util.List;

/**
 * Which actions of the specification a step of the implementation may be. A step is a short sequence of them, because the
 * implementation does at once what the specification takes apart (a message of a higher term: UpdateTerm, then its own action);
 * there are several candidates where the specification leaves a choice, mostly because it knows no time.
 */
final class Explanations {
    private static final List<Action> NOTHING = List.of(Elections.stutter());

    private Explanations() {}

    /**
     * @param server the state before the step
     * @param base what the log is compacted to after the step
     */
    static List<List<Action>> of(Step step, Server server, SnapshotPoint base, History history) {
        if (step instanceof Step.Ticked) {
            return server.isLeader()
                    ? List.of(NOTHING, List.of(Elections.stepDown()))
                    : List.of(
                            NOTHING, List.of(Elections.timeout()), List.of(Elections.timeout(), Elections.campaign()));
        } else if (step instanceof Step.Received received) {
            return ofMessage(received.message(), server);
        } else if (step instanceof Step.Proposed proposed) {
            return proposed.outcome() == Proposed.ACCEPTED
                    ? one(Replicating.clientRequest(proposed.payload()))
                    : List.of(NOTHING);
        } else if (step instanceof Step.ReadAsked asked) {
            return one(Replicating.askRead(asked.readId(), history.committedIndex()));
        } else if (step instanceof Step.TransferBegun transfer) {
            return transfer.begun() ? one(Replicating.beginTransfer(transfer.target())) : List.of(NOTHING);
        } else if (step instanceof Step.Reconnected reconnected) {
            return one(Replicating.forget(reconnected.voter()));
        } else if (step instanceof Step.ChunkStored stored) {
            return one(Snapshots.askForMore(stored.snapshot(), stored.nextOffset()));
        } else if (step instanceof Step.SnapshotStored stored) {
            return one(Snapshots.installSnapshot(stored.snapshot(), history.isCommitted(stored.snapshot())));
        } else if (step instanceof Step.SnapshotTaken taken) {
            return one(Snapshots.takeSnapshot(taken.index(), base.index()));
        }
        return List.of(NOTHING);
    }

    private static List<List<Action>> ofMessage(Message message, Server server) {
        if (message instanceof PreVote request) {
            return List.of(List.of(Elections.refusePreVote(request)), List.of(Elections.grantPreVote(request)));
        } else if (message instanceof PreVoteReply reply && reply.granted()) {
            return List.of(
                    List.of(Elections.countPreVote(reply)),
                    List.of(Elections.countPreVote(reply), Elections.campaign()));
        } else if (message.term() < server.currentTerm()) {
            return one(Elections.answerStale(message));
        } else if (message.term() == server.currentTerm()) {
            return ofCurrentTerm(message);
        }
        List<List<Action>> explanations = new ArrayList<>();
        for (List<Action> actions : ofCurrentTerm(message)) {
            List<Action> longer = new ArrayList<>();
            longer.add(Elections.updateTerm(message));
            longer.addAll(actions);
            explanations.add(longer);
        }
        if (message instanceof RequestVote request) {
            explanations.add(List.of(Elections.ignoreDisruption(request)));
        }
        return explanations;
    }

    private static List<List<Action>> ofCurrentTerm(Message message) {
        if (message instanceof RequestVote request) {
            return one(Elections.handleRequestVote(request));
        } else if (message instanceof VoteReply reply) {
            return List.of(
                    List.of(Elections.countVote(reply)), List.of(Elections.countVote(reply), Elections.becomeLeader()));
        } else if (message instanceof AppendEntries request) {
            return List.of(List.of(Elections.follow(message), Replicating.handleAppendEntries(request)));
        } else if (message instanceof Heartbeat heartbeat) {
            return List.of(List.of(Elections.follow(message), Replicating.handleHeartbeat(heartbeat)));
        } else if (message instanceof InstallSnapshot chunk) {
            return List.of(List.of(Elections.follow(message), Snapshots.handleInstallSnapshot(chunk)));
        } else if (message instanceof TimeoutNow order) {
            return List.of(List.of(Elections.campaignAtOnce(order)), List.of(Elections.drop()));
        } else if (message instanceof AppendReply reply) {
            return List.of(
                    List.of(Replicating.handleAppendReply(reply)),
                    List.of(Replicating.handleAppendReply(reply), Replicating.advanceCommitIndex()));
        } else if (message instanceof HeartbeatReply reply) {
            return one(Replicating.handleHeartbeatReply(reply));
        } else if (message instanceof SnapshotReply reply) {
            return one(Snapshots.handleSnapshotReply(reply));
        }
        return List.of(List.of(Elections.drop()));
    }

    /** The action that says a message which is no answer. */
    static Action ofSending(Message message) {
        if (message instanceof PreVote || message instanceof RequestVote) {
            return Elections.ask(message);
        } else if (message instanceof AppendEntries append) {
            return Replicating.appendEntries(append);
        } else if (message instanceof AppendReply reply) {
            return Replicating.acknowledgeOwnLog(reply);
        } else if (message instanceof Heartbeat heartbeat) {
            return Replicating.heartbeat(heartbeat);
        } else if (message instanceof TimeoutNow order) {
            return Replicating.timeoutNow(order);
        }
        return new Action("Answer", server -> Outcome.disabled("nothing asked for this answer"));
    }

    private static List<List<Action>> one(Action action) {
        return List.of(List.of(action));
    }
}
