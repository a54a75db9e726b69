package io.ringleader.sim;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.ringleader.linearizability.Answer;
import io.ringleader.linearizability.Answer.Status;
import io.ringleader.linearizability.Command;
import io.ringleader.linearizability.Operation;
import io.ringleader.sim.workload.Ears;
import io.ringleader.sim.workload.Heard;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * The history of a run is judged for something: one wrong answer among hundreds of right ones, put between the clients and what is
 * taken down, fails the run. The cluster itself does nothing wrong here.
 */
class WrongAnswersTest {
    private static final long FIRST_SEED = 1;
    private static final int SEEDS = 30;
    /** Of the answers that can be made wrong, this one is: clients have done something by then. */
    private static final int WHICH = 3;

    @BeforeAll
    static void beQuiet() {
        ((Logger) LoggerFactory.getLogger("io.ringleader")).setLevel(Level.OFF);
    }

    private static boolean isGet(Command command, Heard heard) {
        return command.equals(Command.get()) && heard.outcome() == Operation.Outcome.COMPLETED;
    }

    /** Makes one answer wrong, once: the n-th for which there is a wrong one. */
    private abstract static class OneLie implements Ears {
        private int left = WHICH;

        /** Null if it cannot be made wrong. */
        abstract Heard lie(String key, Command command, Heard heard);

        @Override
        public Heard hear(String key, Command command, Heard heard) {
            Heard lie = key == null ? null : lie(key, command, heard);
            if (lie != null && left > 0) {
                left--;
                return left == 0 ? lie : heard;
            }
            return heard;
        }

        boolean wasTold() {
            return left == 0;
        }
    }

    /** Every run in which the answer was put fails. */
    private static void requireAlwaysFound(Supplier<OneLie> lies) {
        assertThat(shareFound(lies)).isEqualTo(1);
    }

    /**
     * A third of those at least: a wrong answer can be explained by another write that nobody knows the outcome of, is not seen if
     * the value is replaced before anybody reads it, and may be right by chance.
     */
    private static void requireOftenFound(Supplier<OneLie> lies) {
        assertThat(shareFound(lies)).isGreaterThanOrEqualTo(1.0 / 3);
    }

    private static double shareFound(Supplier<OneLie> lies) {
        int told = 0;
        int found = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            OneLie lie = lies.get();
            Outcome outcome = Simulation.run(seed, lie);
            if (lie.wasTold()) {
                told++;
                found += outcome.passed() ? 0 : 1;
                outcome.failure().ifPresent(failure -> assertThat(failure).hasMessageContaining("not linearizable"));
            }
        }

        assertThat(told).as("runs in which a wrong answer was put").isPositive();
        return (double) found / told;
    }

    @Test
    void aValueThatNobodyStoredIsFound() {
        requireAlwaysFound(() -> new OneLie() {
            @Override
            Heard lie(String key, Command command, Heard heard) {
                boolean hit = isGet(command, heard) && heard.answer().status() == Status.HIT;
                return hit ? Heard.of(Answer.hit(heard.answer().value() + "!")) : null;
            }
        });
    }

    @Test
    void aValueThatWasThereBeforeIsFound() {
        requireOftenFound(() -> new OneLie() {
            private final Map<String, Heard> first = new HashMap<>();

            @Override
            Heard lie(String key, Command command, Heard heard) {
                if (!isGet(command, heard)
                        || heard.answer().status() != Status.HIT
                        || heard.answer().cas() == null) {
                    return null;
                }
                Heard stale = first.putIfAbsent(key, heard);
                boolean older = stale != null
                        && Long.compareUnsigned(
                                        stale.answer().cas(), heard.answer().cas())
                                < 0
                        && !stale.answer().value().equals(heard.answer().value());
                return older ? stale : null;
            }
        });
    }

    @Test
    void anAcknowledgementOfAWriteThatWasNotMadeIsFound() {
        requireOftenFound(() -> new OneLie() {
            @Override
            Heard lie(String key, Command command, Heard heard) {
                boolean refused = heard.outcome() == Operation.Outcome.COMPLETED
                        && heard.answer().status() == Status.NOT_STORED;
                return refused ? Heard.of(Answer.stored()) : null;
            }
        });
    }

    @Test
    void anErrorThatSaysNotAppliedForAWriteThatWasMadeIsFound() {
        requireOftenFound(() -> new OneLie() {
            @Override
            Heard lie(String key, Command command, Heard heard) {
                boolean made = heard.outcome() == Operation.Outcome.COMPLETED
                        && (heard.answer().status() == Status.NUMBER
                                || heard.answer().status() == Status.STORED);
                return made ? Heard.NOT_APPLIED : null;
            }
        });
    }

    @Test
    void twoReadsWhoseValuesAreExchangedAreFound() {
        requireOftenFound(() -> new OneLie() {
            private Heard other;
            private String otherKey;

            @Override
            Heard lie(String key, Command command, Heard heard) {
                boolean hit = isGet(command, heard) && heard.answer().status() == Status.HIT;
                if (!hit) {
                    return null;
                }
                boolean differs = other != null
                        && !key.equals(otherKey)
                        && !other.answer().value().equals(heard.answer().value());
                Heard lie = differs ? other : null;
                other = heard;
                otherKey = key;
                return lie;
            }
        });
    }
}
