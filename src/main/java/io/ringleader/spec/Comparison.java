package io.ringleader.spec;

import io.ringleader.raft.Durable;
import io.ringleader.raft.Effects;
import io.ringleader.raft.Entry;
import io.ringleader.raft.Message;
import io.ringleader.raft.Raft;
import java.util.ArrayList;
import java.util.List;

/** Whether a real node is now what the specification says, and has asked for what the specification says. */
final class Comparison {
    /** What one step added to the effects that wait to be taken. */
    record News(
            List<Durable> durables,
            List<Message> messages,
            List<Effects.Read> reads,
            List<Long> refusedReads,
            List<Effects.ChunkToSend> chunks) {
        @Override
        public String toString() {
            return "writes " + durables + ", says " + messages + (reads.isEmpty() ? "" : ", serves " + reads)
                    + (chunks.isEmpty() ? "" : ", sends " + chunks);
        }
    }

    private Comparison() {}

    /**
     * What the actions made of the server, with the messages that other actions say after them; or why that is not what happened.
     */
    static Outcome compare(Raft raft, Server before, Outcome.Taken taken, News news) {
        String difference = differenceOfState(raft, before, taken.server());
        if (difference == null) {
            difference = differenceOfWrites(taken.writes(), news.durables());
        }
        return difference != null ? Outcome.disabled(difference) : explainSaid(taken, news);
    }

    /** Null if there is none. */
    private static String differenceOfState(Raft raft, Server before, Server after) {
        if (raft.term() != after.currentTerm()) {
            return "the term would be " + after.currentTerm() + ", and is " + raft.term();
        } else if (raft.votedFor() != after.votedFor()) {
            return "the vote would be for " + after.votedFor() + ", and is for " + raft.votedFor();
        } else if (raft.role() != after.role()) {
            return "the role would be " + after.role() + ", and is " + raft.role();
        } else if (raft.leader() != after.leader()) {
            return "the leader would be " + after.leader() + ", and is " + raft.leader();
        } else if (raft.commitIndex() != after.commitIndex()) {
            return "the commit index would be " + after.commitIndex() + ", and is " + raft.commitIndex();
        } else if (!raft.snapshot().equals(after.snapshot())) {
            return "the snapshot would be " + after.snapshot() + ", and is " + raft.snapshot();
        } else if (!sameLog(raft, after.log(), after.log() != before.log())) {
            return "the log would be " + after.log() + ", and is " + logOf(raft);
        } else if (!raft.replicas().equals(after.standing().directories())
                || !raft.replica().equals(after.standing().speaker())
                || raft.isReplaced() != after.standing().replaced()) {
            return "it would be one that " + after.standing() + ", and is " + raft.replica() + ", knows "
                    + raft.replicas() + (raft.isReplaced() ? ", replaced" : "");
        }
        for (int voter : after.voters()) {
            if (raft.matchIndex(voter) != after.leading().matchIndex(voter)) {
                return "the match index of node " + voter + " would be "
                        + after.leading().matchIndex(voter) + ", and is " + raft.matchIndex(voter);
            }
        }
        return null;
    }

    /** @param changed whether every entry is looked at, and not only the ends */
    private static boolean sameLog(Raft raft, Log log, boolean changed) {
        long last = log.lastIndex();
        if (raft.lastIndex() != last || !raft.logBase().equals(log.base())) {
            return false;
        }
        long lowest = changed ? log.base().index() + 1 : last;
        for (long i = last; log.has(i) && i >= lowest; i--) {
            if (!raft.entry(i).equals(log.entry(i))) {
                return false;
            }
        }
        return true;
    }

    static Log logOf(Raft raft) {
        List<Entry> entries = new ArrayList<>();
        for (long i = raft.logBase().index() + 1; i <= raft.lastIndex(); i++) {
            entries.add(raft.entry(i));
        }
        return Log.of(raft.logBase(), entries);
    }

    private static String differenceOfWrites(List<Durable> expected, List<Durable> actual) {
        return expected.equals(actual) ? null : "it would write " + expected + ", and writes " + actual;
    }

    /** Every message is what the actions had to say, in that order, or is said by an action of its own. */
    private static Outcome explainSaid(Outcome.Taken taken, News news) {
        Server server = taken.server();
        int answered = 0;
        for (Message message : news.messages()) {
            if (answered < taken.sent().size() && MessageSet.same(taken.sent().get(answered), message)) {
                answered++;
                continue;
            }
            Action saying = Explanations.ofSending(message);
            Outcome said = saying.rule().apply(server);
            if (said instanceof Outcome.Disabled disabled) {
                return Outcome.disabled("it says " + message + ", but for " + saying.name() + ", " + disabled.why());
            }
            server = ((Outcome.Taken) said).server();
        }
        if (answered < taken.sent().size()) {
            return Outcome.disabled("it does not say " + taken.sent().get(answered));
        }
        for (Effects.Read read : news.reads()) {
            Outcome served =
                    Reading.serveRead(read.readId(), read.readIndex()).rule().apply(server);
            if (served instanceof Outcome.Disabled disabled) {
                return Outcome.disabled("it serves " + read + ", but " + disabled.why());
            }
            server = ((Outcome.Taken) served).server();
        }
        for (long readId : news.refusedReads()) {
            server = ((Outcome.Taken) Reading.refuseRead(readId).rule().apply(server)).server();
        }
        for (Effects.ChunkToSend chunk : news.chunks()) {
            Outcome sent = Snapshots.sendSnapshot(chunk.snapshot()).rule().apply(server);
            if (sent instanceof Outcome.Disabled disabled) {
                return Outcome.disabled("it sends " + chunk + ", but " + disabled.why());
            }
        }
        return new Outcome.Taken(server, taken.writes(), news.messages());
    }
}
