package io.ringleader.spec;

import static io.ringleader.spec.Outcome.disabled;
import static io.ringleader.spec.Outcome.next;

import io.ringleader.raft.Entry;
import io.ringleader.raft.EntryType;
import io.ringleader.raft.HardState;
import io.ringleader.raft.Message;
import io.ringleader.raft.Message.AppendEntries;
import io.ringleader.raft.Message.AppendReply;
import io.ringleader.raft.Message.Heartbeat;
import io.ringleader.raft.Message.InstallSnapshot;
import io.ringleader.raft.Message.PreVote;
import io.ringleader.raft.Message.PreVoteReply;
import io.ringleader.raft.Message.RequestVote;
import io.ringleader.raft.Message.TimeoutNow;
import io.ringleader.raft.Message.VoteReply;
import io.ringleader.raft.Message.Vouch;
import io.ringleader.raft.Replica;
import io.ringleader.raft.Role;

/** Terms, votes and who leads: §5.1, §5.2, §5.4.1, with the preliminary vote of thesis §9.6. */
final class Elections {
    private Elections() {}

    // ---- terms (§5.1)

    /** If RPC request or response contains term T > currentTerm: set currentTerm = T, convert to follower. */
    static Action updateTerm(Message message) {
        return new Action("UpdateTerm", server -> {
            if (message.term() <= server.currentTerm()) {
                return disabled("the message's term " + message.term() + " is not above the current term "
                        + server.currentTerm());
            }
            return next(server.as(Role.FOLLOWER, HardState.NOBODY).inTerm(message.term(), HardState.NOBODY))
                    .writing(new HardState(message.term(), HardState.NOBODY));
        });
    }

    /** Reply false if term < currentTerm: its sender learns that its term is over. Other stale messages are dropped. */
    static Action answerStale(Message message) {
        return new Action("AnswerStale", server -> {
            if (message.term() >= server.currentTerm()) {
                return disabled(
                        "the message's term " + message.term() + " is not below the current " + server.currentTerm());
            }
            if (message instanceof AppendEntries
                    || message instanceof Heartbeat
                    || message instanceof InstallSnapshot
                    || message instanceof Vouch) {
                return next(server)
                        .sending(new AppendReply(server.id(), message.from(), server.currentTerm(), false, 0, 0, 0, 1));
            } else if (message instanceof RequestVote) {
                return next(server).sending(new VoteReply(server.id(), message.from(), server.currentTerm(), false));
            }
            return next(server);
        });
    }

    /** A leader that has lost contact to a majority, or whose disk is stuck, gives up (thesis §6.2). */
    static Action stepDown() {
        return new Action(
                "StepDown",
                server -> server.isLeader()
                        ? next(server.as(Role.FOLLOWER, HardState.NOBODY))
                        : disabled("it does not lead"));
    }

    // ---- the preliminary vote (thesis §9.6)

    /** If election timeout elapses: ask whether an election could be won. */
    static Action timeout() {
        return new Action(
                "Timeout",
                server -> server.isLeader()
                        ? disabled("a leader has no election timeout")
                        : !server.isVoter()
                                ? disabled("a newcomer does not run for election")
                                : next(server.as(Role.PRE_CANDIDATE, HardState.NOBODY)
                                        .withVote(server.standing().speaker())));
    }

    /** Whoever asked the same itself gives way. */
    static Action grantPreVote(PreVote request) {
        return new Action("GrantPreVote", server -> {
            if (!server.mayVote()) {
                return disabled("a newcomer votes for nobody");
            }
            if (request.term() <= server.currentTerm()) {
                return disabled("the term " + request.term() + " that it would campaign in is not above the current "
                        + server.currentTerm());
            }
            if (!server.log().isAtMost(request.lastLogIndex(), request.lastLogTerm())) {
                return disabled("the asker's log is not up-to-date");
            }
            boolean givesWay = server.role() == Role.PRE_CANDIDATE;
            return next(givesWay ? server.as(Role.FOLLOWER, HardState.NOBODY) : server)
                    .sending(new PreVoteReply(server.id(), request.from(), request.term(), true));
        });
    }

    /** Always allowed: to refuse is never unsafe. */
    static Action refusePreVote(PreVote request) {
        return new Action(
                "RefusePreVote",
                server -> next(server)
                        .sending(new PreVoteReply(server.id(), request.from(), server.currentTerm(), false)));
    }

    static Action countPreVote(PreVoteReply reply, Replica voter) {
        return new Action("CountPreVote", server -> {
            boolean counts =
                    server.role() == Role.PRE_CANDIDATE && reply.granted() && reply.term() == server.currentTerm() + 1;
            return next(counts ? server.withVote(voter) : server);
        });
    }

    // ---- the election (§5.2)

    /** On conversion to candidate: increment currentTerm, vote for self, send RequestVote to all other servers. */
    static Action campaign() {
        return new Action("Campaign", server -> {
            if (server.role() != Role.PRE_CANDIDATE || !server.hasVotesOfMajority()) {
                return disabled("it has no majority of preliminary votes, but those of " + server.votes());
            }
            return startElection(server);
        });
    }

    /** The leader says that this server is to take over (thesis §3.10): no preliminary vote. */
    static Action campaignAtOnce(TimeoutNow order) {
        return new Action("CampaignAtOnce", server -> {
            if (order.term() != server.currentTerm() || server.isLeader() || !server.isVoter()) {
                return disabled("the order is of term " + order.term() + " and it is " + server.role() + " in term "
                        + server.currentTerm());
            }
            return startElection(server);
        });
    }

    private static Outcome startElection(Server server) {
        long term = server.currentTerm() + 1;
        // Its own vote counts when it is durable, like everybody's: as a message to itself.
        return next(server.inTerm(term, server.id()).as(Role.CANDIDATE, HardState.NOBODY))
                .writing(new HardState(term, server.id()))
                .sending(new VoteReply(server.id(), server.id(), term, true));
    }

    /** A (pre-)candidate asks the others for their votes: it says what its log ends with. */
    static Action ask(Message message) {
        return new Action("RequestVote", server -> {
            boolean real = message instanceof RequestVote;
            long term = real ? server.currentTerm() : server.currentTerm() + 1;
            if (server.role() != (real ? Role.CANDIDATE : Role.PRE_CANDIDATE) || message.term() != term) {
                return disabled("it does not run for election in term " + message.term());
            }
            long index = real ? ((RequestVote) message).lastLogIndex() : ((PreVote) message).lastLogIndex();
            long lastTerm = real ? ((RequestVote) message).lastLogTerm() : ((PreVote) message).lastLogTerm();
            return server.log().lastIndex() == index && server.log().lastTerm() == lastTerm
                    ? next(server)
                    : disabled("its log does not end with " + index + "@" + lastTerm);
        });
    }

    /** RequestVote RPC, receiver implementation. */
    static Action handleRequestVote(RequestVote request) {
        return new Action("HandleRequestVote", server -> {
            if (request.term() != server.currentTerm()) {
                return disabled(
                        "the request is of term " + request.term() + ", the current is " + server.currentTerm());
            }
            boolean free = server.votedFor() == HardState.NOBODY || server.votedFor() == request.from();
            boolean granted =
                    server.mayVote() && free && server.log().isAtMost(request.lastLogIndex(), request.lastLogTerm());
            VoteReply reply = new VoteReply(
                    server.id(),
                    request.from(),
                    server.currentTerm(),
                    granted,
                    server.standing().replacements());
            if (!granted || server.votedFor() == request.from()) {
                return next(server).sending(reply);
            }
            return next(server.inTerm(server.currentTerm(), request.from()))
                    .writing(new HardState(server.currentTerm(), request.from()))
                    .sending(reply);
        });
    }

    /** It heard from a leader lately, whose lease may count on that: to refuse is never unsafe. */
    static Action refuseVote(RequestVote request) {
        return new Action(
                "RefuseVote",
                server -> request.transfer()
                        ? disabled("the leader itself asked for this election")
                        : next(server)
                                .sending(new VoteReply(
                                        server.id(),
                                        request.from(),
                                        server.currentTerm(),
                                        false,
                                        server.standing().replacements())));
    }

    /** A server that heard from a leader lately takes no notice of whoever was cut off from it (thesis §4.2.3). */
    static Action ignoreDisruption(RequestVote request) {
        return new Action(
                "IgnoreDisruption",
                server -> request.transfer()
                        ? disabled("the leader itself asked for this election")
                        : request.term() <= server.currentTerm()
                                ? disabled("a request of the current term must be answered")
                                : next(server));
    }

    static Action countVote(VoteReply reply, Replica voter) {
        return new Action("CountVote", asked -> {
            Outcome.Taken learned = Newcomers.learned(next(asked), reply.known());
            Server server = learned.server();
            boolean counts = server.role() == Role.CANDIDATE && reply.granted() && reply.term() == server.currentTerm();
            if (!counts) {
                return learned;
            }
            return voter.voter() || server.voters().size() == 2
                    ? new Outcome.Taken(server.withVote(voter), learned.writes(), learned.sent())
                    : disabled("it is the vote of a newcomer, " + voter);
        });
    }

    /** If votes received from majority of servers: become leader, and open the term with an entry (§8). */
    static Action becomeLeader() {
        return new Action("BecomeLeader", server -> {
            if (server.role() != Role.CANDIDATE || !server.hasVotesOfMajority()) {
                return disabled("it is " + server.role() + " with the votes of " + server.votes() + " out of "
                        + server.voters());
            }
            Entry opening = new Entry(server.log().lastIndex() + 1, server.currentTerm(), EntryType.NOOP, new byte[0]);
            return next(server.as(Role.LEADER, server.id())
                            .with(Leading.from(opening.index())
                                    .hearing(server.standing().speaker()))
                            .with(server.log().append(opening)))
                    .writing(opening);
        });
    }

    /** What only the leader of the current term can have sent turns whoever receives it into its follower (§5.2). */
    static Action follow(Message message) {
        return new Action("Follow", server -> {
            if (message.term() != server.currentTerm()) {
                return disabled(
                        "the message is of term " + message.term() + ", the current is " + server.currentTerm());
            }
            if (server.isLeader()) {
                return disabled("it leads term " + server.currentTerm() + " itself: two leaders in one term");
            }
            return next(server.as(Role.FOLLOWER, message.from()));
        });
    }

    /** A message that means nothing to a server in this role. */
    static Action drop() {
        return new Action("Drop", Outcome::next);
    }

    /** Nothing that the specification knows of. The step may still say something, by actions of their own. */
    static Action stutter() {
        return new Action("Stutter", Outcome::next);
    }
}
