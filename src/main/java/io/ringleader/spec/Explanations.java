package io.ringleader.spec;

import io.ringleader.raft.Message;
import io.ringleader.raft.Message.Admit;
import io.ringleader.raft.Message.AppendEntries;
import io.ringleader.raft.Message.AppendReply;
import io.ringleader.raft.Message.Heartbeat;
import io.ringleader.raft.Message.HeartbeatReply;
import io.ringleader.raft.Message.InstallSnapshot;
import io.ringleader.raft.Message.Introduce;
import io.ringleader.raft.Message.Introduced;
import io.ringleader.raft.Message.PreVote;
import io.ringleader.raft.Message.PreVoteReply;
import io.ringleader.raft.Message.ReadIndex;
import io.ringleader.raft.Message.ReadIndexReply;
import io.ringleader.raft.Message.RequestVote;
import io.ringleader.raft.Message.SnapshotReply;
import io.ringleader.raft.Message.TimeoutNow;
import io.ringleader.raft.Message.VoteReply;
import io.ringleader.raft.Message.Vouch;
import io.ringleader.raft.Message.Vouched;
import io.ringleader.raft.Raft.Proposed;
import io.ringleader.raft.Replica;
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
     * @param leases whether leaders may have leases
     */
    static List<List<Action>> of(Step step, Server server, SnapshotPoint base, History history, boolean leases) {
        Reading.Moment now = new Reading.Moment(history.committedIndex(), history.lastLedTerm(), leases);
        if (step instanceof Step.Ticked) {
            return server.isLeader()
                    ? List.of(NOTHING, List.of(Elections.stepDown()))
                    : List.of(
                            NOTHING, List.of(Elections.timeout()), List.of(Elections.timeout(), Elections.campaign()));
        } else if (step instanceof Step.Received received) {
            return ofReceived(received.message(), received.sender(), server, now);
        } else if (step instanceof Step.Proposed proposed) {
            return proposed.outcome() == Proposed.ACCEPTED
                    ? one(Replicating.clientRequest(proposed.payload()))
                    : List.of(NOTHING);
        } else if (step instanceof Step.ReadAsked asked) {
            return one(Reading.askRead(asked.readId(), now));
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

    private static List<List<Action>> ofReceived(Message message, Replica sender, Server server, Reading.Moment now) {
        if (message.from() == server.id()) {
            return message instanceof Introduced own
                    ? one(Newcomers.directoryDurable(own))
                    : ofMessage(message, sender, server, now);
        } else if (server.standing().isMute()) {
            return one(Newcomers.hearNothing());
        }
        Replica other = server.standing().known().get(sender.node());
        List<List<Action>> explanations = ofMessage(message, sender, server, now);
        if (!sender.voter() || (other != null && other.isSameDirectory(sender))) {
            return explanations;
        } else if (other == null || sender.generation() >= other.generation()) {
            return behind(Newcomers.know(sender), explanations);
        }
        return message instanceof Introduced ? explanations : one(Newcomers.refuseReplaced(sender));
    }

    private static List<List<Action>> ofMessage(Message message, Replica sender, Server server, Reading.Moment now) {
        if (message instanceof Introduce introduction) {
            Action answer = Newcomers.answerIntroduction(introduction, sender);
            Vouch own = new Vouch(server.id(), server.id(), server.currentTerm(), sender);
            return server.isLeader()
                    ? List.of(List.of(answer, Newcomers.vouch(own)), List.of(answer))
                    : List.of(List.of(answer));
        } else if (message instanceof Introduced answer) {
            return one(Newcomers.handleIntroduced(answer));
        }
        if (message instanceof PreVote request) {
            return List.of(List.of(Elections.refusePreVote(request)), List.of(Elections.grantPreVote(request)));
        } else if (message instanceof PreVoteReply reply && reply.granted()) {
            return List.of(
                    List.of(Elections.countPreVote(reply, sender)),
                    List.of(Elections.countPreVote(reply, sender), Elections.campaign()));
        } else if (message.term() < server.currentTerm()) {
            return one(Elections.answerStale(message));
        } else if (message.term() == server.currentTerm()) {
            return ofCurrentTerm(message, sender, now);
        }
        List<List<Action>> explanations = behind(Elections.updateTerm(message), ofCurrentTerm(message, sender, now));
        if (message instanceof RequestVote request) {
            explanations.add(List.of(Elections.ignoreDisruption(request)));
        }
        return explanations;
    }

    private static List<List<Action>> ofCurrentTerm(Message message, Replica sender, Reading.Moment now) {
        if (message instanceof RequestVote request) {
            return now.leases()
                    ? List.of(List.of(Elections.handleRequestVote(request)), List.of(Elections.refuseVote(request)))
                    : one(Elections.handleRequestVote(request));
        } else if (message instanceof VoteReply reply) {
            return List.of(
                    List.of(Elections.countVote(reply, sender)),
                    List.of(Elections.countVote(reply, sender), Elections.becomeLeader()));
        } else if (message instanceof AppendEntries request) {
            return List.of(List.of(Elections.follow(message), Replicating.handleAppendEntries(request)));
        } else if (message instanceof Heartbeat heartbeat) {
            List<Action> awake = List.of(Elections.follow(message), Replicating.handleHeartbeat(heartbeat));
            return heartbeat.quiet()
                    ? List.of(awake, List.of(Elections.follow(message), Replicating.agreeToBeQuiet(heartbeat)))
                    : List.of(awake);
        } else if (message instanceof InstallSnapshot chunk) {
            return List.of(List.of(Elections.follow(message), Snapshots.handleInstallSnapshot(chunk)));
        } else if (message instanceof TimeoutNow order) {
            return List.of(List.of(Elections.campaignAtOnce(order)), List.of(Elections.drop()));
        } else if (message instanceof Vouch request) {
            return List.of(
                    List.of(Elections.follow(message), Newcomers.vouch(request)),
                    List.of(Elections.follow(message), Elections.drop()));
        } else if (message instanceof Admit admit) {
            return List.of(List.of(Elections.follow(message), Newcomers.handleAdmit(admit)));
        } else if (message instanceof AppendReply reply) {
            return heard(sender, Replicating.handleAppendReply(reply));
        } else if (message instanceof HeartbeatReply reply) {
            return heard(sender, Replicating.handleHeartbeatReply(reply));
        } else if (message instanceof ReadIndex question) {
            return heard(sender, Reading.handleReadIndex(question, now));
        } else if (message instanceof ReadIndexReply reply) {
            return List.of(List.of(Elections.follow(message), Reading.handleReadIndexReply(reply)));
        } else if (message instanceof SnapshotReply reply) {
            return heard(sender, Snapshots.handleSnapshotReply(reply));
        } else if (message instanceof Vouched answer) {
            return heard(sender, Newcomers.handleVouched(answer, sender));
        }
        return List.of(List.of(Elections.drop()));
    }

    /** What was matched may count, once its sender does or because there is more of it. */
    private static List<List<Action>> heard(Replica sender, Action handle) {
        Action hearOf = Replicating.hearOf(sender);
        return List.of(
                List.of(hearOf, handle),
                List.of(hearOf, handle, Replicating.advanceCommitIndex()),
                List.of(hearOf, Replicating.advanceCommitIndex(), handle));
    }

    private static List<List<Action>> behind(Action first, List<List<Action>> explanations) {
        List<List<Action>> longer = new ArrayList<>();
        for (List<Action> actions : explanations) {
            List<Action> all = new ArrayList<>(List.of(first));
            all.addAll(actions);
            longer.add(all);
        }
        return longer;
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
        } else if (message instanceof HeartbeatReply reply) {
            return Replicating.nudge(reply);
        } else if (message instanceof ReadIndex question) {
            return Reading.askForReadIndex(question);
        } else if (message instanceof ReadIndexReply reply) {
            return Reading.answerReadIndex(reply);
        } else if (message instanceof TimeoutNow order) {
            return Replicating.timeoutNow(order);
        } else if (message instanceof Introduce introduction) {
            return Newcomers.introduce(introduction);
        } else if (message instanceof Vouch request) {
            return Newcomers.askToVouch(request);
        } else if (message instanceof Admit admit) {
            return Newcomers.admit(admit);
        }
        return new Action("Answer", server -> Outcome.disabled("nothing asked for this answer"));
    }

    private static List<List<Action>> one(Action action) {
        return List.of(List.of(action));
    }
}
