package io.ringleader.sim;

import io.ringleader.raft.Message;
import io.ringleader.trace.TraceEvent;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Knows of every message of Raft on its way, so that what is sent and what arrives can be paired. Between two nodes messages of
 * a partition keep their order or are lost: one that is overtaken is lost.
 */
final class TracedMessages {
    private record Lane(int partition, int from, int to) {}

    private record UnderWay(long id, Message message, String text) {}

    private final Tracing tracing;
    private final Map<Lane, List<UnderWay>> lanes = new LinkedHashMap<>();
    private long ids;

    TracedMessages(Tracing tracing) {
        this.tracing = tracing;
    }

    void sent(int partition, Message message) {
        if (message.from() == message.to()) {
            return;
        }
        UnderWay underWay = new UnderWay(++ids, message, message.toString());
        lanes.computeIfAbsent(new Lane(partition, message.from(), message.to()), lane -> new ArrayList<>())
                .add(underWay);
        tracing.record(new TraceEvent.Sent(
                tracing.nowNanos(),
                underWay.id(),
                partition,
                message.from(),
                message.to(),
                message.getClass().getSimpleName(),
                message.term(),
                summary(message)));
    }

    void arrived(int partition, Message message) {
        if (message.from() == message.to()) {
            return;
        }
        List<UnderWay> lane = lanes.getOrDefault(new Lane(partition, message.from(), message.to()), new ArrayList<>());
        String text = message.toString();
        int place = 0;
        while (place < lane.size() && !lane.get(place).text().equals(text)) {
            place++;
        }
        long id;
        if (place < lane.size()) {
            id = lane.get(place).id();
            List<UnderWay> upToIt = lane.subList(0, place + 1);
            upToIt.subList(0, place).forEach(lost -> dropped(partition, lost, "lost, as something later arrived"));
            upToIt.clear();
        } else {
            id = ++ids;
        }
        tracing.record(new TraceEvent.Delivered(
                tracing.nowNanos(),
                id,
                partition,
                message.from(),
                message.to(),
                message.getClass().getSimpleName(),
                message.term()));
    }

    void receiverIsDown(int node) {
        for (Iterator<Map.Entry<Lane, List<UnderWay>>> each = lanes.entrySet().iterator(); each.hasNext(); ) {
            Map.Entry<Lane, List<UnderWay>> lane = each.next();
            if (lane.getKey().to() == node) {
                lane.getValue().forEach(lost -> dropped(lane.getKey().partition(), lost, "the receiver went down"));
                each.remove();
            }
        }
    }

    private void dropped(int partition, UnderWay lost, String reason) {
        Message message = lost.message();
        tracing.record(new TraceEvent.Dropped(
                tracing.nowNanos(),
                lost.id(),
                partition,
                message.from(),
                message.to(),
                message.getClass().getSimpleName(),
                message.term(),
                reason));
    }

    /** What is worth seeing beside an arrow; the kind, the term and the ends are there already. */
    private static String summary(Message message) {
        if (message instanceof Message.PreVote request) {
            return "last " + request.lastLogIndex() + "@" + request.lastLogTerm();
        } else if (message instanceof Message.PreVoteReply reply) {
            return reply.granted() ? "granted" : "refused";
        } else if (message instanceof Message.RequestVote request) {
            return "last " + request.lastLogIndex() + "@" + request.lastLogTerm()
                    + (request.transfer() ? ", asked to" : "");
        } else if (message instanceof Message.VoteReply reply) {
            return reply.granted() ? "granted" : "refused";
        } else if (message instanceof Message.AppendEntries append) {
            return "after " + append.prevLogIndex() + "@" + append.prevLogTerm() + " " + append.entries() + " commit "
                    + append.leaderCommit();
        } else if (message instanceof Message.AppendReply reply) {
            return reply.success()
                    ? "match " + reply.matchIndex()
                    : "refused at " + reply.rejectedIndex() + ", go on at " + reply.conflictIndex() + "@"
                            + reply.conflictTerm();
        } else if (message instanceof Message.Heartbeat heartbeat) {
            return "commit " + heartbeat.commitIndex() + ", round " + heartbeat.readRound();
        } else if (message instanceof Message.HeartbeatReply reply) {
            return "round " + reply.readRound();
        } else if (message instanceof Message.InstallSnapshot chunk) {
            return chunk.snapshot().index() + "@" + chunk.snapshot().term() + " from byte " + chunk.offset()
                    + (chunk.done() ? ", done" : "");
        } else if (message instanceof Message.SnapshotReply reply) {
            return reply.installed() ? "installed" : "next byte " + reply.nextOffset();
        }
        return "";
    }
}
