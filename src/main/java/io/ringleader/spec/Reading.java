package io.ringleader.spec;

import static io.ringleader.spec.Outcome.disabled;
import static io.ringleader.spec.Outcome.next;

import io.ringleader.raft.HardState;
import io.ringleader.raft.Message.ReadIndex;
import io.ringleader.raft.Message.ReadIndexReply;

/** Linearizable reads without log entries, at the leader and at followers (thesis §6.4). */
final class Reading {
    private Reading() {}

    /**
     * What somebody knows at this moment who sees everything.
     *
     * @param committed the highest index that is committed anywhere
     * @param lastLedTerm the latest term that anybody has led
     * @param leases whether leaders may have leases at all
     */
    record Moment(long committed, long lastLedTerm, boolean leases) {
        /** That is all that a lease is: the time that it lasts is chosen so that nobody else can have been elected. */
        boolean mayHaveLease(Server leader) {
            return leases
                    && lastLedTerm <= leader.currentTerm()
                    && !leader.leading().ordered()
                    && leader.commitIndex() >= leader.leading().firstIndex();
        }
    }

    static Action askRead(long readId, Moment now) {
        return new Action(
                "AskRead",
                server -> next(
                        server.isLeader()
                                ? waiting(server, new Leading.Asker(server.id(), readId), now)
                                : server.with(server.following().withRead(readId, now.committed()))));
    }

    private static Server waiting(Server server, Leading.Asker asker, Moment now) {
        Leading leading = server.leading();
        return leading.reads().containsKey(asker)
                ? server
                : server.with(leading.withRead(
                        asker,
                        new Leading.Read(
                                server.commitIndex(), leading.round(), now.committed(), now.mayHaveLease(server))));
    }

    /** A read is served when whoever serves it has committed what the read has to see. */
    static Action serveRead(long readId, long readIndex) {
        return new Action("ServeRead", server -> {
            Leading.Asker own = new Leading.Asker(server.id(), readId);
            if (!server.leading().reads().containsKey(own)) {
                return serveAtFollower(server, readId, readIndex);
            }
            String why = whyNotProven(server, own, readIndex);
            return why == null ? next(server.with(server.leading().withoutRead(own))) : disabled(why);
        });
    }

    private static Outcome serveAtFollower(Server server, long readId, long readIndex) {
        Following.Read read = server.following().reads().get(readId);
        if (read == null) {
            return disabled("nobody waits for it at this server");
        } else if (!read.isAnswered()) {
            return disabled("no leader has answered a question that left after it had come");
        } else if (readIndex < read.readIndex() || readIndex > server.commitIndex()) {
            return disabled("the read index " + readIndex + " is not between " + read.readIndex()
                    + ", which the leader told, and " + server.commitIndex() + ", which is committed here");
        }
        return readIndex >= read.mustSee()
                ? next(server.with(server.following().withoutRead(readId)))
                : disabled("index " + read.mustSee() + " was committed before it was asked: a stale read");
    }

    /** Null if the leader knows what is committed, and that it still led after the read, or the question, had come. */
    private static String whyNotProven(Server server, Leading.Asker asker, long readIndex) {
        Leading leading = server.leading();
        Leading.Read read = leading.reads().get(asker);
        if (server.commitIndex() < leading.firstIndex()) {
            return "no entry of the leader's own term is committed yet";
        }
        long voters = 1
                + leading.answered().entrySet().stream()
                        .filter(answer -> leading.counts(answer.getKey()) && answer.getValue() > read.round())
                        .count();
        if (!read.leased() && !server.isMajority((int) voters)) {
            return "no majority has answered a round after round " + read.round() + ": " + leading.answered();
        } else if (readIndex < read.commitIndex() || readIndex > server.commitIndex()) {
            return "the read index " + readIndex + " is not between " + read.commitIndex()
                    + ", which was committed when it was asked, and " + server.commitIndex();
        }
        return readIndex >= read.mustSee()
                ? null
                : "index " + read.mustSee() + " was committed before it was asked: a stale read";
    }

    /** Always allowed: whoever asked goes elsewhere. */
    static Action refuseRead(long readId) {
        return new Action("RefuseRead", server -> {
            Server without = server.with(server.following().withoutRead(readId));
            return next(
                    server.isLeader()
                            ? without.with(server.leading().withoutRead(new Leading.Asker(server.id(), readId)))
                            : without);
        });
    }

    // ---- between a follower and its leader

    static Action askForReadIndex(ReadIndex message) {
        return new Action("AskForReadIndex", server -> {
            boolean follows = !server.isLeader() && server.leader() != HardState.NOBODY;
            if (!follows || server.leader() != message.to() || server.currentTerm() != message.term()) {
                return disabled("it does not follow node " + message.to() + " in term " + message.term());
            }
            return message.ask() > server.following().lastAsk()
                    ? next(server.with(server.following().asking(message.ask())))
                    : disabled("it has asked under this number before");
        });
    }

    static Action handleReadIndex(ReadIndex question, Moment now) {
        return new Action(
                "HandleReadIndex",
                server -> next(
                        server.isLeader() && question.term() == server.currentTerm()
                                ? waiting(server, new Leading.Asker(question.from(), question.ask()), now)
                                : server));
    }

    static Action answerReadIndex(ReadIndexReply message) {
        return new Action("AnswerReadIndex", server -> {
            Leading.Asker asker = new Leading.Asker(message.to(), message.ask());
            Leading leading = server.leading();
            if (!leading.reads().containsKey(asker) || message.term() != server.currentTerm()) {
                return disabled("node " + message.to() + " does not wait for it at the leader of this term");
            }
            String why = whyNotProven(server, asker, message.readIndex());
            if (why != null) {
                return disabled(why);
            }
            long known = Math.min(leading.matchIndex(message.to()), server.commitIndex());
            return message.commitIndex() <= known
                    ? next(server.with(leading.withoutReadsUpTo(asker)))
                    : disabled("node " + message.to() + " is known to have committed entries up to " + known + " only");
        });
    }

    static Action handleReadIndexReply(ReadIndexReply reply) {
        return new Action(
                "HandleReadIndexReply",
                server -> next(server.committedTo(
                                server.following().hasAsked(reply.ask())
                                        ? Math.min(
                                                reply.commitIndex(),
                                                server.log().lastIndex())
                                        : 0)
                        .with(server.following().answered(reply.ask(), reply.readIndex()))));
    }
}
