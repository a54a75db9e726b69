package io.ringleader.sim;

import io.ringleader.raft.Effects;
import io.ringleader.raft.Message;
import io.ringleader.raft.SnapshotPoint;
import io.ringleader.trace.TraceEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Knows of every message of Raft on its way, so that what is sent and what arrives can be paired. Between two nodes the messages
 * of a partition keep their order or are lost, each {@link Queue} by itself: one that is overtaken by its like is lost.
 */
final class TracedMessages {
    /** How a message gets to the network. */
    private enum Queue {
        AT_ONCE,
        BEHIND_THE_DISK,
        /** It is read from a snapshot file first. */
        CHUNK
    }

    private record Lane(int partition, int from, int to, Queue queue) {}

    /** @param text the same for the message as it is sent and as it arrives */
    private record UnderWay(long id, String kind, long term, String text) {}

    private final Tracing tracing;
    private final Map<Lane, List<UnderWay>> lanes = new LinkedHashMap<>();
    private long ids;

    TracedMessages(Tracing tracing) {
        this.tracing = tracing;
    }

    void sent(int partition, Message message) {
        if (message.from() != message.to()) {
            sent(laneOf(partition, message), kindOf(message), message.term(), message.toString(), summary(message));
        }
    }

    /** The node makes the message of it as soon as it has read the piece. */
    void sent(int partition, int from, Effects.ChunkToSend chunk) {
        String text = chunkText(chunk.snapshot(), chunk.offset());
        sent(
                new Lane(partition, from, chunk.to(), Queue.CHUNK),
                Message.InstallSnapshot.class.getSimpleName(),
                chunk.term(),
                text,
                text);
    }

    private void sent(Lane lane, String kind, long term, String text, String summary) {
        long id = ++ids;
        lanes.computeIfAbsent(lane, key -> new ArrayList<>()).add(new UnderWay(id, kind, term, text));
        tracing.record(new TraceEvent.Sent(
                tracing.nowNanos(), id, lane.partition(), lane.from(), lane.to(), kind, term, summary));
    }

    void arrived(int partition, Message message) {
        if (message.from() == message.to()) {
            return;
        }
        Lane lane = laneOf(partition, message);
        List<UnderWay> underWay = lanes.getOrDefault(lane, new ArrayList<>());
        String text = message instanceof Message.InstallSnapshot chunk
                ? chunkText(chunk.snapshot(), chunk.offset())
                : message.toString();
        int place = 0;
        while (place < underWay.size() && !underWay.get(place).text().equals(text)) {
            place++;
        }
        long id;
        if (place < underWay.size()) {
            id = underWay.get(place).id();
            underWay.subList(0, place).forEach(lost -> dropped(lane, lost, "lost, as something later arrived"));
            underWay.subList(0, place + 1).clear();
        } else {
            id = ++ids;
        }
        tracing.record(new TraceEvent.Delivered(
                tracing.nowNanos(), id, partition, lane.from(), lane.to(), kindOf(message), message.term()));
    }

    void receiverIsDown(int node) {
        for (Map.Entry<Lane, List<UnderWay>> each : lanes.entrySet()) {
            if (each.getKey().to() == node) {
                each.getValue().forEach(lost -> dropped(each.getKey(), lost, "the receiver went down"));
                each.getValue().clear();
            }
        }
    }

    private void dropped(Lane lane, UnderWay lost, String reason) {
        tracing.record(new TraceEvent.Dropped(
                tracing.nowNanos(),
                lost.id(),
                lane.partition(),
                lane.from(),
                lane.to(),
                lost.kind(),
                lost.term(),
                reason));
    }

    private static Lane laneOf(int partition, Message message) {
        Queue queue = message instanceof Message.InstallSnapshot
                ? Queue.CHUNK
                : message.waitsForDisk() ? Queue.BEHIND_THE_DISK : Queue.AT_ONCE;
        return new Lane(partition, message.from(), message.to(), queue);
    }

    private static String kindOf(Message message) {
        return message.getClass().getSimpleName();
    }

    private static String chunkText(SnapshotPoint snapshot, long offset) {
        return snapshot.index() + "@" + snapshot.term() + " from byte " + offset;
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
        } else if (message instanceof Message.ReadIndex question) {
            return "question " + question.ask();
        } else if (message instanceof Message.ReadIndexReply reply) {
            return "question " + reply.ask() + ", index " + reply.readIndex() + ", commit " + reply.commitIndex();
        } else if (message instanceof Message.SnapshotReply reply) {
            return reply.installed() ? "installed" : "next byte " + reply.nextOffset();
        }
        return "";
    }
}
