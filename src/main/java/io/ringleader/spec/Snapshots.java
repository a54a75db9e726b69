package io.ringleader.spec;

import static io.ringleader.spec.Outcome.disabled;
import static io.ringleader.spec.Outcome.next;

import io.ringleader.raft.HardState;
import io.ringleader.raft.Message.InstallSnapshot;
import io.ringleader.raft.Message.SnapshotReply;
import io.ringleader.raft.SnapshotPoint;

/** Log compaction: §7, Figure 13. */
final class Snapshots {
    private Snapshots() {}

    /** A snapshot of the state machine at the index; the log before {@code base}, at or before the index, goes. */
    static Action takeSnapshot(long index, long base) {
        return new Action("TakeSnapshot", server -> {
            if (index <= server.snapshot().index()) {
                return next(server);
            }
            if (index > server.commitIndex()) {
                return disabled("entry " + index + " is not committed");
            }
            if (base > index || base < server.log().base().index()) {
                return disabled("the log cannot be compacted to " + base);
            }
            SnapshotPoint point = new SnapshotPoint(index, server.log().term(index));
            return next(server.with(server.log().after(base), point, server.commitIndex()))
                    .writing(point);
        });
    }

    /** The leader has discarded the next log entry that it needs to send: it sends its snapshot, or goes on with an earlier one. */
    static Action sendSnapshot(SnapshotPoint point) {
        return new Action("SendSnapshot", server -> {
            if (!server.isLeader()) {
                return disabled("it does not lead");
            }
            boolean own = point.index() > 0
                    && point.index() <= server.snapshot().index()
                    && (!server.log().covers(point.index()) || server.log().matches(point.index(), point.term()));
            return own ? next(server) : disabled("it has never taken or installed that snapshot");
        });
    }

    /** A piece of a snapshot arrives. One that holds nothing new needs no storing. */
    static Action handleInstallSnapshot(InstallSnapshot chunk) {
        return new Action(
                "HandleInstallSnapshot",
                server -> chunk.snapshot().index() <= server.commitIndex()
                        ? reply(server, chunk.snapshot(), 0, true)
                        : next(server));
    }

    static Action askForMore(SnapshotPoint point, long offset) {
        return new Action("AskForMoreOfSnapshot", server -> reply(server, point, offset, false));
    }

    /**
     * The snapshot is whole and durable: it takes the place of what it covers, unless that was known to be committed already.
     * A leader has all of it in its log.
     *
     * @param committed whether the point is one of the committed entries
     */
    static Action installSnapshot(SnapshotPoint point, boolean committed) {
        return new Action("InstallSnapshot", server -> {
            if (!committed) {
                return disabled("entry " + point + " was never committed");
            }
            if (point.index() <= server.commitIndex() || server.isLeader()) {
                return reply(server, point, 0, true);
            }
            Server after = server.with(server.log().under(point), point, point.index());
            return ((Outcome.Taken) reply(after, point, 0, true)).writing(point);
        });
    }

    static Action handleSnapshotReply(SnapshotReply reply) {
        return new Action("HandleSnapshotReply", server -> {
            boolean counts = server.isLeader() && reply.term() == server.currentTerm() && reply.installed();
            long index = Math.min(reply.snapshot().index(), server.log().lastIndex());
            return next(counts ? Replicating.raiseMatch(server, reply.from(), index) : server);
        });
    }

    private static Outcome reply(Server server, SnapshotPoint point, long offset, boolean installed) {
        return server.isLeader() || server.leader() == HardState.NOBODY
                ? next(server)
                : next(server)
                        .sending(new SnapshotReply(
                                server.id(), server.leader(), server.currentTerm(), point, offset, installed));
    }
}
