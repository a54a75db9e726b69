package io.ringleader.modelcheck;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The real Raft in all states that a small cluster can get into. */
class ModelCheckerTest {
    private static final Logger log = LoggerFactory.getLogger(ModelCheckerTest.class);
    private static final int MAX_STATES = 40_000_000;

    @ParameterizedTest
    @EnumSource(mode = Mode.MATCH_NONE, names = "LARGE_.*")
    void noStateBreaksAPropertyAndThereAreAsManyStatesAsEver(World world) {
        explore(world);
    }

    /** {@code make model-check}: minutes. */
    @ParameterizedTest
    @EnumSource(mode = Mode.MATCH_ANY, names = "LARGE_.*")
    @EnabledIfSystemProperty(named = "ringleader.modelcheck", matches = "large")
    void noStateOfALargerWorldBreaksAProperty(World world) {
        explore(world);
    }

    private static void explore(World world) {
        ModelChecker.Result result = new ModelChecker(world.bounds).run(MAX_STATES);
        log.info("{}: {}: {}", world, world.bounds, result);
        assertThat(result.violation()).isNull();
        assertThat(result.reached().keySet()).as("what must have happened").containsAll(world.mustBeReached);
        assertThat(result.states())
                .as("states; another number means another behaviour")
                .isEqualTo(world.states);
    }

    // ---- it can fail

    @Test
    void aVoteThatIsNotWrittenIsFound() {
        Bounds bounds = Bounds.of(3, 1, 2).with(Budget.CRASHES, 1);
        assertThat(violation(bounds, Fault.VOTES_ARE_NOT_WRITTEN))
                .contains("Election Safety: nodes 1 and 2 were both elected in term 1")
                .contains("starts again");
    }

    @Test
    void aPromiseThatOvertakesTheDiskIsFound() {
        Bounds bounds = Bounds.of(3, 2, 1).with(Budget.CRASHES, 1).withSlowDisks();
        assertThat(violation(bounds, Fault.PROMISES_DO_NOT_WAIT)).contains("Durable Commitment");
    }

    @Test
    void anEntryThatACrashTakesFromTheDiskIsFound() {
        Bounds bounds = Bounds.of(3, 2, 1).with(Budget.CRASHES, 1);
        assertThat(violation(bounds, Fault.CRASHES_LOSE_DURABLE_ENTRIES))
                .contains("Durable Commitment: node 1 has committed 1@1, which is on the disks of only 1");
    }

    @Test
    void aConflictThatStaysOnTheDiskIsFound() {
        assertThat(violation(Bounds.of(3, 2, 1), Fault.OVERWRITES_ARE_LOST)).contains("Durable Commitment");
    }

    @Test
    void aReadThatAnOldRoundConfirmsIsFound() {
        Bounds bounds = Bounds.of(3, 2, 1).with(Budget.READS, 1).with(Budget.TICKS, 1);
        assertThat(violation(bounds, Fault.READS_ARE_CONFIRMED_BY_OLD_ROUNDS)).contains("Stale read");
    }

    @Test
    void anAnswerThatIsTakenForOneToALaterQuestionIsFound() {
        Bounds bounds = Bounds.of(3, 1, 2).with(Budget.FOLLOWER_READS, 2).with(Budget.PROPOSALS, 1);
        assertThat(violation(bounds, Fault.ANSWERS_HOLD_FOR_LATER_READS)).contains("Stale read");
    }

    /** The shortest way to it, step by step. */
    private static String violation(Bounds bounds, Fault fault) {
        String violation = new ModelChecker(bounds, fault).run(MAX_STATES).violation();
        log.info("{}: {}", fault, violation);
        assertThat(violation).as("what is found").isNotNull();
        return violation;
    }
}
