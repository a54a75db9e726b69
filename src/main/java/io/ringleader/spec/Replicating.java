package io.ringleader.spec;

import static io.ringleader.spec.Outcome.disabled;
import static io.ringleader.spec.Outcome.next;

import io.ringleader.raft.Entry;
import io.ringleader.raft.EntryType;
import io.ringleader.raft.Message.AppendEntries;
import io.ringleader.raft.Message.AppendReply;
import io.ringleader.raft.Message.Heartbeat;
import io.ringleader.raft.Message.HeartbeatReply;
import io.ringleader.raft.Message.TimeoutNow;
import io.ringleader.raft.Replica;

/** The log: §5.3, §5.4.2, with the leader's disk written in parallel (thesis §10.2.1); rounds of heartbeats (thesis §6.4); hand-over (§3.10). */
final class Replicating {
    private Replicating() {}

    // ---- leader

    /** If command received from client: append entry to local log. */
    static Action clientRequest(byte[] payload) {
        return new Action("ClientRequest", server -> {
            if (!server.isLeader()) {
                return disabled("it does not lead");
            }
            Entry entry = new Entry(server.log().lastIndex() + 1, server.currentTerm(), EntryType.COMMANDS, payload);
            return next(server.with(server.log().append(entry))).writing(entry);
        });
    }

    /** Send AppendEntries RPC with log entries starting at nextIndex; here any point of its log. */
    static Action appendEntries(AppendEntries message) {
        return new Action("AppendEntries", server -> {
            Log log = server.log();
            if (!server.isLeader() || message.term() != server.currentTerm()) {
                return disabled("it does not lead term " + message.term());
            }
            if (!log.matches(message.prevLogIndex(), message.prevLogTerm())) {
                return disabled("its log has no entry " + message.prevLogIndex() + "@" + message.prevLogTerm());
            }
            long index = message.prevLogIndex();
            for (Entry entry : message.entries()) {
                index++;
                if (entry.index() != index || !log.has(index) || !entry.equals(log.entry(index))) {
                    return disabled("entry " + entry + " is not that of its log");
                }
            }
            return message.leaderCommit() == server.commitIndex()
                    ? next(server)
                    : disabled("its commit index is " + server.commitIndex());
        });
    }

    /** What a leader tells itself about its own log, once that is durable: the same as a follower tells it. */
    static Action acknowledgeOwnLog(AppendReply message) {
        return new Action(
                "AcknowledgeOwnLog",
                server -> server.isLeader()
                                && message.to() == server.id()
                                && message.term() == server.currentTerm()
                                && message.success()
                                && message.matchIndex() <= server.log().lastIndex()
                        ? next(server)
                        : disabled("only a leader acknowledges its own log, and no more than it has"));
    }

    /** Upon success of AppendEntries at a follower: update matchIndex. A refusal changes only where to send from. */
    static Action handleAppendReply(AppendReply reply) {
        return new Action("HandleAppendReply", server -> {
            if (!server.isLeader() || reply.term() != server.currentTerm() || !reply.success()) {
                return next(server);
            }
            if (reply.matchIndex() > server.log().lastIndex()) {
                return disabled("the match index " + reply.matchIndex() + " is beyond the leader's log");
            }
            return next(raiseMatch(server, reply.from(), reply.matchIndex()));
        });
    }

    /** Everything that a follower says tells its leader which directory it has, and whether that counts. */
    static Action hearOf(Replica sender) {
        return new Action(
                "HearOf",
                server -> next(server.isLeader() ? server.with(server.leading().hearing(sender)) : server));
    }

    static Server raiseMatch(Server server, int voter, long index) {
        Leading leading = server.leading();
        return index <= leading.matchIndex(voter) ? server : server.with(leading.withMatch(voter, index));
    }

    /**
     * If there exists an N such that N > commitIndex, a majority of matchIndex[i] ≥ N, and log[N].term == currentTerm: set
     * commitIndex = N (§5.3, §5.4.2). A majority: the leader itself is one of the voters and counts when its disk has N.
     */
    static Action advanceCommitIndex() {
        return new Action("AdvanceCommitIndex", server -> {
            long n = server.leading().matchedByMajority(server.voters());
            if (!server.isLeader() || n <= server.commitIndex()) {
                return disabled("no majority has more than is committed: " + server.leading());
            }
            return server.log().term(n) == server.currentTerm()
                    ? next(server.committedTo(n))
                    : disabled("entry " + n + " is of term " + server.log().term(n)
                            + ", and only entries of the leader's own term are committed by counting (§5.4.2)");
        });
    }

    /** The voter may be another incarnation: nothing is known of its log any more. */
    static Action forget(int voter) {
        return new Action(
                "Forget",
                server -> next(
                        server.isLeader() && voter != server.id()
                                ? server.with(server.leading().withMatch(voter, 0))
                                : server));
    }

    // ---- follower

    /** AppendEntries RPC, receiver implementation (Figure 2, 2 to 5). */
    static Action handleAppendEntries(AppendEntries request) {
        return new Action("HandleAppendEntries", server -> {
            Log log = server.log();
            if (request.prevLogIndex() < log.base().index()) {
                // What is compacted is committed, hence equal to the leader's.
                return next(server).sending(matched(server, request, server.commitIndex()));
            }
            // 2. Reply false if log doesn't contain an entry at prevLogIndex whose term matches prevLogTerm
            if (!log.matches(request.prevLogIndex(), request.prevLogTerm())) {
                return next(server)
                        .sending(new AppendReply(
                                server.id(),
                                request.from(),
                                server.currentTerm(),
                                false,
                                0,
                                request.prevLogIndex(),
                                0,
                                0));
            }
            Outcome.Taken taken = next(server);
            for (Entry entry : request.entries()) {
                if (log.matches(entry.index(), entry.term())) {
                    continue;
                }
                if (entry.index() <= server.commitIndex()) {
                    return disabled("entry " + entry + " conflicts with a committed one (Leader Completeness)");
                }
                // 3. If an existing entry conflicts with a new one, delete the existing entry and all that follow it
                // 4. Append any new entries not already in the log
                log = log.before(entry.index()).append(entry);
                taken = taken.writing(entry);
            }
            // 5. If leaderCommit > commitIndex, set commitIndex = min(leaderCommit, index of last new entry)
            long lastNew = request.prevLogIndex() + request.entries().size();
            Server after = server.with(log).committedTo(Math.min(request.leaderCommit(), lastNew));
            return new Outcome.Taken(after, taken.writes(), taken.sent()).sending(matched(server, request, lastNew));
        });
    }

    private static AppendReply matched(Server server, AppendEntries request, long index) {
        return new AppendReply(server.id(), request.from(), server.currentTerm(), true, index, 0, 0, 0);
    }

    // ---- heartbeats, whose rounds confirm reads (thesis §6.4)

    static Action heartbeat(Heartbeat message) {
        return new Action("Heartbeat", server -> {
            if (!server.isLeader() || message.term() != server.currentTerm()) {
                return disabled("it does not lead term " + message.term());
            }
            if (message.quiet() && !isAllThereIs(server)) {
                return disabled("it may be quiet only when everybody has everything: " + server.leading());
            }
            boolean isOfIt = server.leading().isOf(message.to(), message.identity());
            long known = isOfIt ? Math.min(server.leading().matchIndex(message.to()), server.commitIndex()) : 0;
            return message.commitIndex() <= known
                    ? next(server.with(server.leading().withRound(message.readRound())))
                    : disabled("node " + message.to() + " is known to have committed entries up to " + known
                            + " only; beyond them its log may hold others");
        });
    }

    private static boolean isAllThereIs(Server server) {
        long last = server.log().lastIndex();
        return server.commitIndex() == last
                && server.voters().stream()
                        .allMatch(voter -> server.leading().counts(voter)
                                && server.leading().matchIndex(voter) == last);
    }

    static Action handleHeartbeat(Heartbeat message) {
        return new Action(
                "HandleHeartbeat",
                server -> next(server.committedTo(
                                message.isFor(server.standing().speaker())
                                        ? Math.min(
                                                message.commitIndex(),
                                                server.log().lastIndex())
                                        : 0))
                        .sending(new HeartbeatReply(
                                server.id(), message.from(), server.currentTerm(), message.readRound())));
    }

    /** As before, and from now on it waits for no heartbeats: only who has all that the leader has may do without them. */
    static Action agreeToBeQuiet(Heartbeat message) {
        return new Action("AgreeToBeQuiet", server -> {
            long last = server.log().lastIndex();
            if (!message.quiet()
                    || !message.isFor(server.standing().speaker())
                    || message.commitIndex() != last
                    || !server.standing().speaker().voter()) {
                return disabled("it is not asked to be quiet, does not vote, or its log does not end at "
                        + message.commitIndex());
            }
            return next(server.committedTo(last))
                    .sending(new HeartbeatReply(
                            server.id(), message.from(), server.currentTerm(), message.readRound(), true));
        });
    }

    /** A follower that is not quiet any more tells its leader so: an answer to no round at all. */
    static Action nudge(HeartbeatReply message) {
        return new Action(
                "Nudge",
                server -> !message.quiet()
                                && message.readRound() < 0
                                && message.term() == server.currentTerm()
                                && message.to() == server.leader()
                        ? next(server)
                        : disabled("only the leader it follows is told, and no round is answered by it"));
    }

    /** An answer says that its sender took this server for the leader when the round had begun; it says nothing about logs. */
    static Action handleHeartbeatReply(HeartbeatReply reply) {
        return new Action(
                "HandleHeartbeatReply",
                server -> next(
                        server.isLeader() && reply.term() == server.currentTerm()
                                ? server.with(server.leading().withAnswer(reply.from(), reply.readRound()))
                                : server));
    }

    // ---- handing over (thesis §3.10)

    static Action beginTransfer(int target) {
        return new Action(
                "BeginTransfer",
                server -> server.isLeader() && server.leading().counts(target)
                        ? next(server.with(server.leading().withTarget(target)))
                        : disabled("it does not lead, or node " + target + " is not known to be a voter"));
    }

    static Action timeoutNow(TimeoutNow message) {
        return new Action("TimeoutNow", server -> {
            Leading leading = server.leading();
            if (!server.isLeader() || !leading.transferTargets().contains(message.to())) {
                return disabled("it does not hand over to node " + message.to());
            }
            return leading.matchIndex(message.to()) == server.log().lastIndex()
                    ? next(server.with(leading.havingOrdered()))
                    : disabled("the target's log ends at " + leading.matchIndex(message.to()));
        });
    }
}
