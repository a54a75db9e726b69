package io.ringleader.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.ringleader.namespaces.NamespaceCluster;
import io.ringleader.namespaces.UnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Measures what clients notice of faults and prints a table. Takes minutes and needs root, so it runs only when asked: {@code make
 * test-failover}; {@code ONLY=regex} takes those faults alone whose names match, {@code SECONDS} is how long each lasts. Fails if
 * anything acknowledged is lost, is there twice, or was not seen afterwards.
 */
class FailoverGate {
    private static final String ONLY = System.getProperty("ringleader.failover.only", "");
    private static final Duration HOLD = Duration.ofSeconds(Integer.getInteger("ringleader.failover.seconds", 15));

    private NamespaceCluster cluster;

    @AfterEach
    void removeTheCluster() throws IOException {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void nothingIsLostOrDoubledWhateverFails() throws Exception {
        StringBuilder table = new StringBuilder(Noticed.HEAD);
        System.out.print(Noticed.HEAD);
        List<String> failures = new ArrayList<>();
        int number = 0;
        for (Scenario scenario : Scenario.all()) {
            if (scenario.name().matches(".*(" + ONLY + ").*")) {
                String row = row(++number, scenario, failures);
                System.out.println(row);
                table.append(row).append('\n');
            }
        }
        if (number > 0) {
            Page.write("failover", table.toString());
        }
        assertThat(failures).isEmpty();
    }

    private String row(int number, Scenario scenario, List<String> failures) throws Exception {
        try {
            prepare(scenario.nodes());
            Noticed noticed = new FaultRun(number, scenario, cluster, HOLD).run();
            failures.addAll(noticed.violations());
            cluster.awaitReady();
            return noticed.row();
        } catch (UnavailableException e) {
            return "| " + scenario + " | not measured: " + e.getMessage() + " | | | | | | | |";
        } catch (IOException | AssertionError e) {
            failures.add(scenario + ": " + e);
            removeTheCluster();
            cluster = null;
            return "| " + scenario + " | **failed**: " + e.getMessage() + " | | | | | | | |";
        }
    }

    /** Every partition on every node, so that a majority of nodes is one of each partition. */
    private void prepare(int nodes) throws IOException {
        if (cluster != null && cluster.ids().size() == nodes) {
            return;
        }
        removeTheCluster();
        cluster = null;
        try {
            cluster = NamespaceCluster.started(nodes, Map.of("cluster.replicas", nodes, "cluster.partitions", 64));
        } catch (UnavailableException e) {
            abort(e.getMessage());
        }
    }
}
