package io.ringleader.jepsen;

import io.ringleader.namespaces.Fault;
import io.ringleader.namespaces.NamespaceCluster;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * Thinks of harm. The one who asks does it, and undoes it.
 *
 * @param name of the kind of harm
 */
record Nemesis(String name, Plan plan) {
    /** Asked when all is well, as far as anybody knows. */
    interface Plan {
        Attack next(NamespaceCluster cluster, Random random) throws IOException;
    }

    /**
     * What is done at once.
     *
     * @param kind the name of its nemesis
     * @param faults done in this order and undone in the opposite one
     * @param brief undone as soon as it is done; then all partitions have leaders again before anything else is done
     */
    record Attack(String kind, List<Fault> faults, boolean brief) {
        String description() {
            return String.join(", ", faults.stream().map(Attack::words).toList());
        }

        private static String words(Fault fault) {
            if (fault instanceof Fault.Cut cut) {
                return "cut "
                        + cut.links().stream().map(Object::toString).sorted().toList();
            } else if (fault instanceof Fault.Loss loss) {
                return "lose " + loss.percent() + " % on "
                        + loss.links().stream().map(Object::toString).sorted().toList();
            } else if (fault instanceof Fault.Delay delay) {
                return "delay node " + delay.node() + " by " + delay.millis() + " ms";
            } else if (fault instanceof Fault.Killed killed) {
                return "kill node " + killed.node();
            } else if (fault instanceof Fault.Stopped stopped) {
                return "stop node " + stopped.node();
            }
            return "pause node " + ((Fault.Paused) fault).node();
        }
    }

    /** How long an attack lasts; longer than an election takes. */
    static Duration hold(Random random) {
        return Duration.ofMillis(2_000 + random.nextInt(3_000));
    }

    /** How long all is well between two attacks. */
    static Duration calm(Random random) {
        return Duration.ofMillis(500 + random.nextInt(1_500));
    }
}
