package io.ringleader.sim.check;

import io.ringleader.raft.Durable;
import io.ringleader.raft.Effects;
import io.ringleader.raft.Entry;
import io.ringleader.raft.HardState;
import io.ringleader.raft.Message.RequestVote;
import io.ringleader.raft.Raft;
import io.ringleader.raft.SnapshotPoint;
import io.ringleader.raft.Step;
import io.ringleader.raft.StepObserver;
import io.ringleader.sim.Coverage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks at one replica during one life of its node, after every step and at what is new in it only: so it costs next to nothing
 * when nothing happens.
 */
final class ReplicaChecks implements StepObserver {
    private final int node;
    private final GroupChecks group;
    private final Promises promises;
    private final Ledger ledger;
    private final Coverage coverage;
    /** The log as the replica has it in memory. */
    private final LogTerms log = new LogTerms();
    /** By read: what was committed anywhere when it was asked for. */
    private final Map<Long, Long> readMustSee = new HashMap<>();

    private HardState hardState = HardState.INITIAL;
    private long commitIndex;
    private long ledTerm;
    private boolean led;
    private boolean quiet;
    // How much of the pending effects was looked at.
    private int durablesSeen;
    private int committedSeen;
    private int readsSeen;
    private int refusedSeen;
    private int rolesSeen;
    private boolean restoreSeen;

    ReplicaChecks(int node, GroupChecks group, Promises promises, Ledger ledger, Coverage coverage) {
        this.node = node;
        this.group = group;
        this.promises = promises;
        this.ledger = ledger;
        this.coverage = coverage;
    }

    @Override
    public void started(Raft raft, Effects pending) {
        ledger.requireCommitted(node, raft.snapshot());
        promises.recovered(raft);
        hardState = new HardState(raft.term(), raft.votedFor());
        commitIndex = raft.commitIndex();
        for (long index = 1; index <= raft.logBase().index(); index++) {
            log.append(ledger.committedTerm(index));
        }
        for (long index = log.last() + 1; index <= raft.lastIndex(); index++) {
            Entry entry = raft.entry(index);
            ledger.holds(node, entry, log.term(index - 1), false);
            log.append(entry.term());
        }
    }

    @Override
    public void took(Raft raft, Step step, Effects pending) {
        if (step instanceof Step.Received received) {
            if (received.message().from() == node) {
                promises.said(received.message());
            } else {
                group.promises(received.message().from()).said(received.message());
            }
            if (received.message() instanceof RequestVote request && request.transfer()) {
                coverage.saw(Sight.TRANSFER.toString());
            }
        } else if (step instanceof Step.ReadAsked asked) {
            readMustSee.put(asked.readId(), ledger.committedIndex());
        } else if (step instanceof Step.SnapshotStored) {
            coverage.saw(Sight.SNAPSHOT_INSTALLED.toString());
        } else if (step instanceof Step.SnapshotTaken) {
            coverage.saw(Sight.SNAPSHOT_TAKEN.toString());
        }
        durables(raft, pending.durables());
        quiet(raft, step);
        role(raft, pending);
        commits(raft, pending);
        if (step instanceof Step.ReadAsked
                && raft.isLeader()
                && readsSeen < pending.reads().size()) {
            coverage.saw(Sight.READ_BY_LEASE.toString());
        }
        reads(raft, pending);
    }

    private void durables(Raft raft, List<Durable> durables) {
        for (; durablesSeen < durables.size(); durablesSeen++) {
            Durable durable = durables.get(durablesSeen);
            if (durable instanceof Entry entry) {
                entry(raft, entry);
            } else if (durable instanceof HardState state) {
                hardState(state);
            } else if (durable instanceof SnapshotPoint point) {
                ledger.requireCommitted(node, point);
                ledger.install(log, point);
            }
        }
    }

    private void entry(Raft raft, Entry entry) {
        if (entry.index() <= log.last()) {
            ledger.require(
                    !(led && raft.isLeader() && raft.term() == ledTerm),
                    "Leader Append-Only",
                    () -> "node " + node + " leads term " + raft.term() + " and replaces its entry " + entry.index());
            ledger.require(
                    entry.index() > commitIndex,
                    "State Machine Safety",
                    () -> "node " + node + " has committed up to " + commitIndex + " and replaces its entry "
                            + entry.index());
            coverage.saw(Sight.CONFLICT_TRUNCATED.toString());
            log.truncateFrom(entry.index());
        }
        ledger.require(
                entry.index() == log.last() + 1,
                "Log Matching",
                () -> "node " + node + " appends " + entry + " to a log that ends at " + log.last());
        ledger.holds(node, entry, log.term(entry.index() - 1), raft.isLeader() && raft.term() == entry.term());
        log.append(entry.term());
    }

    private void hardState(HardState state) {
        ledger.require(
                state.term() > hardState.term()
                        || (state.term() == hardState.term() && hardState.votedFor() == HardState.NOBODY),
                "Monotonic terms, one vote",
                () -> "node " + node + " goes from " + hardState + " to " + state);
        hardState = state;
    }

    private void quiet(Raft raft, Step step) {
        if (raft.isQuiet() && !quiet) {
            coverage.saw((raft.isLeader() ? Sight.LEADER_QUIET : Sight.FOLLOWER_QUIET).toString());
        } else if (quiet && !raft.isQuiet()) {
            if (step instanceof Step.Proposed) {
                coverage.saw(Sight.WOKEN_BY_COMMAND.toString());
            } else if (step instanceof Step.ReadAsked) {
                coverage.saw(Sight.WOKEN_BY_READ.toString());
            } else if (step instanceof Step.Received) {
                coverage.saw(Sight.WOKEN_BY_MESSAGE.toString());
            } else if (step instanceof Step.TransferBegun) {
                coverage.saw(Sight.WOKEN_BY_HAND_OVER.toString());
            } else if (step instanceof Step.Suspected) {
                coverage.saw((raft.isLeader() ? Sight.LEADER_WOKEN_BY_SUSPICION : Sight.FOLLOWER_WOKEN_BY_SUSPICION)
                        .toString());
            }
        }
        quiet = raft.isQuiet();
    }

    private void role(Raft raft, Effects pending) {
        if (raft.isLeader() && !(led && ledTerm == raft.term())) {
            group.elected(node, raft, log);
        }
        led = raft.isLeader();
        ledTerm = raft.term();
        for (; rolesSeen < pending.roleChanges().size(); rolesSeen++) {
            String reason = pending.roleChanges().get(rolesSeen).reason();
            if (reason.startsWith("lost contact")) {
                coverage.saw(Sight.STEP_DOWN_LOST_QUORUM.toString());
            } else if (reason.startsWith("its own disk")) {
                coverage.saw(Sight.STEP_DOWN_STALLED_DISK.toString());
            }
        }
    }

    private void commits(Raft raft, Effects pending) {
        List<Entry> committed = pending.committed();
        if (pending.restore() != null && !restoreSeen) {
            restoreSeen = true;
            ledger.requireCommitted(node, pending.restore());
        }
        if (committedSeen < committed.size()) {
            for (; committedSeen < committed.size(); committedSeen++) {
                group.committed(node, raft, committed.get(committedSeen));
            }
            group.requireOwnTerm(node, raft, committed);
        }
        ledger.require(
                raft.commitIndex() >= commitIndex && raft.commitIndex() <= ledger.committedIndex(),
                "Monotonic commit",
                () -> "node " + node + " goes from commit index " + commitIndex + " to " + raft.commitIndex() + ", of "
                        + ledger.committedIndex());
        commitIndex = raft.commitIndex();
    }

    /** A read sees everything that was committed anywhere when it was asked for (§8). */
    private void reads(Raft raft, Effects pending) {
        for (; readsSeen < pending.reads().size(); readsSeen++) {
            Effects.Read read = pending.reads().get(readsSeen);
            Long mustSee = readMustSee.remove(read.readId());
            ledger.require(
                    mustSee != null && read.readIndex() >= mustSee && read.readIndex() <= ledger.committedIndex(),
                    "Linearizable reads",
                    () -> "node " + node + " serves " + read + ", but must see " + mustSee);
            ledger.require(
                    read.readIndex() <= raft.commitIndex(),
                    "Linearizable reads",
                    () -> "node " + node + " serves " + read + ", but has committed up to " + raft.commitIndex());
            if (!raft.isLeader()) {
                coverage.saw(Sight.READ_AT_FOLLOWER.toString());
            }
        }
        for (; refusedSeen < pending.refusedReads().size(); refusedSeen++) {
            readMustSee.remove(pending.refusedReads().get(refusedSeen));
            coverage.saw(Sight.READ_REFUSED.toString());
        }
    }

    @Override
    public void effectsTaken(Raft raft, Effects effects) {
        promises.handed(effects.durables());
        durablesSeen = 0;
        committedSeen = 0;
        readsSeen = 0;
        refusedSeen = 0;
        rolesSeen = 0;
        restoreSeen = false;
    }

    @Override
    public void persisted(Raft raft, List<Durable> durables) {
        promises.persisted(durables);
    }
}
