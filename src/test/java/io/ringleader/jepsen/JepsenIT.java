package io.ringleader.jepsen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.ringleader.jepsen.Finding.Validity;
import io.ringleader.jepsen.JepsenRun.Plan;
import io.ringleader.jepsen.JepsenRun.Result;
import io.ringleader.linearizability.History;
import io.ringleader.linearizability.HistoryEdn;
import io.ringleader.namespaces.UnavailableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One small run with all nemeses; {@code make jepsen} has the others. */
@Timeout(150)
class JepsenIT {
    private static final long SEED = 17;

    @TempDir
    Path directory;

    @Test
    void whateverIsDoneToFiveNodesTheirAnswersAreThoseOfOneMachine() throws Exception {
        Nemesis all = Nemeses.all().stream()
                .filter(nemesis -> nemesis.name().equals(Nemeses.ALL))
                .findFirst()
                .orElseThrow();
        Plan plan = new Plan(
                "mixed",
                Workloads.all().get("mixed").get(),
                all,
                Duration.ofSeconds(25),
                Duration.ofSeconds(15),
                SEED,
                Optional.empty(),
                "");
        Result result;
        try {
            result = new JepsenRun(plan, directory.resolve("run"), new Progress(System.out, "JepsenIT")).run();
        } catch (UnavailableException e) {
            System.out.println("SKIPPED: no run in the manner of Jepsen. " + e.getMessage());
            abort(e.getMessage());
            return;
        }
        assertThat(result.findings()).noneMatch(each -> each.validity() == Validity.INVALID);
        assertThat(result.faults()).isPositive();
        assertThat(result.counts().ok()).isGreaterThan(1_000);
        History history = HistoryEdn.read(Files.readString(directory.resolve("run/history.edn")));
        assertThat(history.size()).isEqualTo(result.counts().asked());
        assertThat(directory.resolve("run"))
                .isDirectoryContaining("glob:**/results.edn")
                .isDirectoryContaining("glob:**/latency.svg")
                .isDirectoryContaining("glob:**/rate.svg")
                .isDirectoryContaining("glob:**/timeline.html")
                .isDirectoryContaining("glob:**/node5.log");
    }
}
