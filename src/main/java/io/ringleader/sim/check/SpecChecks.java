package io.ringleader.sim.check;

import io.ringleader.raft.Durable;
import io.ringleader.raft.Effects;
import io.ringleader.raft.Raft;
import io.ringleader.raft.Step;
import io.ringleader.raft.StepObserver;
import io.ringleader.sim.Coverage;
import io.ringleader.sim.NodeObserver;
import io.ringleader.sim.SimulationFailure;
import io.ringleader.spec.SpecViolation;
import io.ringleader.spec.TraceValidator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Holds every step of every replica of a cluster against the specification of Raft: one validator for each group. */
public final class SpecChecks implements NodeObserver {
    private static final String ACTION = "action: ";
    /** Those of the specification that a step is; what is only sent is part of the step that sends it. */
    private static final List<String> ACTIONS = List.of(
            "AdvanceCommitIndex",
            "AgreeToBeQuiet",
            "AnswerIntroduction",
            "AnswerStale",
            "AskForMoreOfSnapshot",
            "AskRead",
            "BecomeLeader",
            "BeginTransfer",
            "Campaign",
            "CampaignAtOnce",
            "ClientRequest",
            "CountPreVote",
            "CountVote",
            "Crash and Restart",
            "DirectoryDurable",
            "Drop",
            "Follow",
            "Forget",
            "GrantPreVote",
            "HandleAdmit",
            "HandleAppendEntries",
            "HandleAppendReply",
            "HandleHeartbeat",
            "HandleHeartbeatReply",
            "HandleInstallSnapshot",
            "HandleIntroduced",
            "HandleReadIndex",
            "HandleReadIndexReply",
            "HandleRequestVote",
            "HandleSnapshotReply",
            "HandleVouched",
            "HearNothing",
            "HearOf",
            "IgnoreDisruption",
            "InstallSnapshot",
            "Know",
            "LoseDisk",
            "NewDirectory",
            "Persist",
            "RefusePreVote",
            "StepDown",
            "TakeSnapshot",
            "Timeout",
            "UpdateTerm",
            "Vouch");

    private final Map<Integer, TraceValidator> validators = new TreeMap<>();

    /** How many steps were explained, of all groups. */
    public long steps() {
        return validators.values().stream().mapToLong(TraceValidator::steps).sum();
    }

    /** What a suite of runs must have counted. */
    public static List<String> expectedCoverage() {
        return ACTIONS.stream().map(action -> ACTION + action).toList();
    }

    /** Counts the actions of the specification that the steps were. */
    public void count(Coverage coverage) {
        validators
                .values()
                .forEach(validator ->
                        validator.timesTaken().forEach((action, times) -> coverage.saw(ACTION + action, times)));
    }

    /** A validator that does not know the node has nothing to forget. */
    @Override
    public void diskLost(int node) {
        validators.forEach((partition, validator) -> held(partition, () -> validator.diskLost(node)));
    }

    @Override
    public StepObserver of(int node, int partition) {
        return new Held(partition, validators.computeIfAbsent(partition, id -> new TraceValidator()));
    }

    private static void held(int partition, Runnable step) {
        try {
            step.run();
        } catch (SpecViolation e) {
            throw new SimulationFailure(
                    "The specification is not followed in partition " + partition + ": " + e.getMessage());
        }
    }

    /** Says which group it was. */
    private record Held(int partition, TraceValidator validator) implements StepObserver {
        @Override
        public void started(Raft raft, Effects pending) {
            held(partition, () -> validator.started(raft, pending));
        }

        @Override
        public void took(Raft raft, Step step, Effects pending) {
            held(partition, () -> validator.took(raft, step, pending));
        }

        @Override
        public void effectsTaken(Raft raft, Effects effects) {
            held(partition, () -> validator.effectsTaken(raft, effects));
        }

        @Override
        public void persisted(Raft raft, List<Durable> durables) {
            held(partition, () -> validator.persisted(raft, durables));
        }
    }
}
