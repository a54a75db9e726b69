package io.ringleader.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.storage.RecoveryRule.Conditions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecoveryRuleTest {
    private static final int CONDITIONS = 7;

    @Test
    void exactlyOneRowMatchesEveryCombinationOfConditions() {
        for (int bits = 0; bits < 1 << CONDITIONS; bits++) {
            Conditions found = conditions(bits);
            List<RecoveryRule> matching = Arrays.stream(RecoveryRule.values())
                    .filter(rule -> rule.matches(found))
                    .toList();
            assertThat(matching).as("rows that match %s", found).hasSize(1);
            assertThat(RecoveryRule.decide(found)).isEqualTo(matching.get(0));
        }
    }

    @Test
    void everyRowIsReachable() {
        for (RecoveryRule rule : RecoveryRule.values()) {
            boolean reachable = false;
            for (int bits = 0; bits < 1 << CONDITIONS; bits++) {
                reachable |= rule.matches(conditions(bits));
            }
            assertThat(reachable).as("%s", rule).isTrue();
        }
    }

    @Test
    void provenDamageIsNeverCutAsATornTail() {
        for (int bits = 0; bits < 1 << CONDITIONS; bits++) {
            Conditions found = conditions(bits);
            boolean damageBeforeALaterBatch = found.last() && !found.restZero() && found.laterBatch();
            boolean damageInAClosedSegment = !found.last() && !found.reachesEnd();
            if (damageBeforeALaterBatch || damageInAClosedSegment || !found.checkpointWhole() || !found.headerValid()) {
                assertThat(RecoveryRule.decide(found).isCorruption())
                        .as("%s", found)
                        .isTrue();
            }
        }
    }

    private static Conditions conditions(int bits) {
        return new Conditions(
                (bits & 1) != 0,
                (bits & 2) != 0,
                (bits & 4) != 0,
                (bits & 8) != 0,
                (bits & 16) != 0,
                (bits & 32) != 0,
                (bits & 64) != 0);
    }
}
