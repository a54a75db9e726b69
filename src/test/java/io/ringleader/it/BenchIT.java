package io.ringleader.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.bench.AnswerKind;
import io.ringleader.bench.BenchOptions;
import io.ringleader.bench.BenchOptions.Distribution;
import io.ringleader.bench.BenchOptions.Protocol;
import io.ringleader.bench.BenchResult;
import io.ringleader.bench.LoadGenerator;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The load generator against a real node. */
class BenchIT {
    @RegisterExtension
    final Processes processes = Processes.untilEndOfTest();

    @Test
    void everyKeyIsFoundWithItsValueAndTheTimesAreThoseAsked() throws Exception {
        TestCluster cluster = TestCluster.startedAlone(processes);
        InetSocketAddress server = new InetSocketAddress("127.0.0.1", cluster.node(1).clientPort);

        for (double rate : new double[] {0, 200}) {
            BenchResult result = new LoadGenerator(
                            new BenchOptions(
                                    Protocol.MEMCACHED,
                                    List.of(server),
                                    4,
                                    8,
                                    2,
                                    500,
                                    Distribution.ZIPFIAN,
                                    0,
                                    20_000,
                                    0.5,
                                    0.2,
                                    1,
                                    rate,
                                    true,
                                    true,
                                    1),
                            new LoadGenerator.Observer() {})
                    .run();

            assertThat(result.errors()).as("%s", result.texts()).isZero();
            assertThat(result.kinds().get(AnswerKind.MISS)).isZero();
            assertThat(result.kinds().get(AnswerKind.HIT))
                    .isEqualTo(result.gets().count())
                    .isPositive();
            assertThat(result.gets().p50Nanos()).isBetween(1_000L, 1_000_000_000L);
            if (rate > 0) {
                assertThat(result.gets().count() + result.sets().count()).isBetween(199L, 201L);
            }
        }
    }
}
