package io.ringleader.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.bench.BenchOptions.Distribution;
import io.ringleader.bench.BenchOptions.Protocol;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BenchResultTest {
    private static final BenchOptions OPTIONS = new BenchOptions(
            Protocol.MEMCACHED,
            List.of(new InetSocketAddress("127.0.0.1", 11211), new InetSocketAddress("127.0.0.1", 11212)),
            50,
            16,
            1,
            1000,
            Distribution.ZIPFIAN,
            10,
            100,
            0.5,
            1,
            10,
            2000,
            true,
            true,
            1);
    private static final Latencies NONE = new Latencies(0, 0, 0, 0, 0, 0, 0, 0);
    private static final Latencies SETS =
            new Latencies(1000, 100, 1_500_000, 1_000_000, 2_000_000, 3_000_000, 4_000_000, 5_000_100);

    private static BenchResult result() {
        Map<AnswerKind, Long> kinds = new EnumMap<>(AnswerKind.class);
        for (AnswerKind kind : AnswerKind.values()) {
            kinds.put(kind, 0L);
        }
        kinds.put(AnswerKind.STORED, 1000L);
        kinds.put(AnswerKind.REFUSED, 3L);
        return new BenchResult(OPTIONS, NONE, SETS, kinds, List.of("REFUSED: a \"b\" \\ \u0001"), 2.5);
    }

    @Test
    void aRowOfCsvHasAsManyFieldsAsTheHeaderAndOperationsThatDidNotHappenHaveNone() {
        assertThat(result().asCsv(12.5))
                .isEqualTo("set,memcached,50,16,1000,zipfian,10,100,2000.000,10.000,1000,100.000,1500.0,1000.0,2000.0,"
                        + "3000.0,4000.0,5000.1,3,12.500\n");
        assertThat(BenchResult.csvHeader().split(",", -1))
                .hasSameSizeAs(result().asCsv(12.5).split(",", -1));
        assertThat(result().asCsv(Double.NaN)).endsWith(",3,\n");
    }

    @Test
    void jsonIsWhole() {
        assertThat(result().asJson(Double.NaN)).isEqualTo("""
                {
                  "command": "bin/ringleader bench --servers 127.0.0.1:11211,127.0.0.1:11212 --connections 50 --pipeline 16 --threads 1 --keys 1000 --distribution zipfian --value-bytes 10-100 --get-ratio 0.5 --warmup-seconds 1.0 --seconds 10.0 --rate 2000 --preload --verify",
                  "protocol": "memcached",
                  "connections": 50,
                  "pipeline": 16,
                  "rate_per_second": 2000.000,
                  "seconds": 10.000,
                  "get": {"count": 0, "per_second": 0.000, "mean_us": 0.0, "p50_us": 0.0, "p90_us": 0.0, "p99_us": 0.0, "p99_9_us": 0.0, "max_us": 0.0},
                  "set": {"count": 1000, "per_second": 100.000, "mean_us": 1500.0, "p50_us": 1000.0, "p90_us": 2000.0, "p99_us": 3000.0, "p99_9_us": 4000.0, "max_us": 5000.1},
                  "ends": {"stored": 1000, "hit": 0, "miss": 0, "wrong_answer": 0, "refused": 3, "connection_lost": 0, "unanswered": 0, "unsent": 0},
                  "errors": 3,
                  "error_texts": ["REFUSED: a \\"b\\" \\\\ \\u0001"],
                  "generator_cpu_seconds": 2.500,
                  "server_cpu_seconds_per_million": null
                }
                """);
    }

    @Test
    void peopleSeeWhatWentWrong() {
        assertThat(result().asText(12.5))
                .contains("stored 1000, refused 3", "REFUSED: a \"b\"", "12.50 s per million operations")
                .doesNotContain("get ");
    }
}
