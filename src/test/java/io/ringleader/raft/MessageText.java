package io.ringleader.raft;

import io.ringleader.raft.Message.Admit;
import io.ringleader.raft.Message.AppendEntries;
import io.ringleader.raft.Message.AppendReply;
import io.ringleader.raft.Message.Heartbeat;
import io.ringleader.raft.Message.HeartbeatReply;
import io.ringleader.raft.Message.InstallSnapshot;
import io.ringleader.raft.Message.Introduced;
import io.ringleader.raft.Message.PreVote;
import io.ringleader.raft.Message.PreVoteReply;
import io.ringleader.raft.Message.ReadIndex;
import io.ringleader.raft.Message.ReadIndexReply;
import io.ringleader.raft.Message.RequestVote;
import io.ringleader.raft.Message.SnapshotReply;
import io.ringleader.raft.Message.VoteReply;
import io.ringleader.raft.Message.Vouch;
import io.ringleader.raft.Message.Vouched;
import java.util.List;
import java.util.stream.Collectors;

/** Messages as one short line each, for expectations and traces: {@code 1>2 AppendEntries t3 after 4@2 [5@3] commit 4}. */
final class MessageText {
    private MessageText() {}

    static String of(Message message) {
        return message.from() + ">" + message.to() + " " + message.getClass().getSimpleName() + " t" + message.term()
                + details(message);
    }

    private static String details(Message message) {
        if (message instanceof PreVote m) {
            return " log " + m.lastLogIndex() + "@" + m.lastLogTerm();
        } else if (message instanceof PreVoteReply m) {
            return m.granted() ? " yes" : " no";
        } else if (message instanceof RequestVote m) {
            return " log " + m.lastLogIndex() + "@" + m.lastLogTerm() + (m.transfer() ? " handed over" : "");
        } else if (message instanceof VoteReply m) {
            return (m.granted() ? " yes" : " no") + (m.known().isEmpty() ? "" : " knows " + replicas(m.known()));
        } else if (message instanceof AppendEntries m) {
            return " after " + m.prevLogIndex() + "@" + m.prevLogTerm() + " " + entries(m.entries()) + " commit "
                    + m.leaderCommit();
        } else if (message instanceof AppendReply m) {
            return appendReply(m);
        } else if (message instanceof Heartbeat m) {
            return " commit " + m.commitIndex() + " round " + m.readRound() + (m.quiet() ? " quiet" : "");
        } else if (message instanceof HeartbeatReply m) {
            return " round " + m.readRound() + (m.quiet() ? " quiet" : "");
        } else if (message instanceof InstallSnapshot m) {
            return " " + m.snapshot() + " bytes " + m.offset() + ".." + (m.offset() + m.data().length)
                    + (m.done() ? " last" : "");
        } else if (message instanceof ReadIndex) {
            // The number of a question begins anywhere.
            return "";
        } else if (message instanceof ReadIndexReply m) {
            return " index " + m.readIndex() + " commit " + m.commitIndex();
        } else if (message instanceof SnapshotReply m) {
            return " " + m.snapshot() + (m.installed() ? " installed" : " next " + m.nextOffset());
        } else if (message instanceof Introduced m) {
            return " knows " + replica(m.known());
        } else if (message instanceof Vouch m) {
            return " for " + replica(m.newcomer());
        } else if (message instanceof Vouched m) {
            return " for " + replica(m.newcomer());
        } else if (message instanceof Admit m) {
            return " " + replica(m.newcomer()) + ", knows " + replicas(m.known());
        }
        return "";
    }

    /** Without its identity, which is random. */
    static String replica(Replica replica) {
        return replica.node() + "#" + replica.generation();
    }

    private static String replicas(List<Replica> replicas) {
        return replicas.stream().map(MessageText::replica).collect(Collectors.joining(" ", "[", "]"));
    }

    private static String appendReply(AppendReply m) {
        if (m.success()) {
            return " match " + m.matchIndex();
        }
        return " refused " + m.rejectedIndex() + ", "
                + (m.conflictTerm() > 0
                        ? "has t" + m.conflictTerm() + " from " + m.conflictIndex()
                        : "log ends before " + m.conflictIndex());
    }

    static String entries(List<Entry> entries) {
        return entries.stream()
                .map(entry -> entry.index() + "@" + entry.term())
                .collect(Collectors.joining(" ", "[", "]"));
    }
}
