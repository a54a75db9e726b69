package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What clients may rely on while all is well, on a whole cluster in one thread. */
class ClusterTest {
    @Test
    void aSetAtOneNodeIsReadAtEveryOther() {
        OneThreadCluster cluster = new OneThreadCluster(1).start().awaitLeaders();
        for (int writer : cluster.nodes()) {
            for (int i = 0; i < 10; i++) {
                String key = "from" + writer + "." + i;
                assertThat(cluster.client(writer).ask(TextClient.set(key, 0, "value" + i))).isEqualTo("STORED");
                for (int reader : cluster.nodes()) {
                    assertThat(cluster.client(reader).value(key)).isEqualTo("value" + i);
                }
            }
        }
        cluster.awaitEqualReplicas();
        cluster.requireNothingLeftBehind();
    }

    @Test
    void oneNodeAloneIsACluster() {
        OneThreadCluster cluster = new OneThreadCluster(2, options -> options.nodes = 1).start();
        TextClient client = cluster.client(1);
        assertThat(client.ask(TextClient.set("a", 0, "1"))).isEqualTo("STORED");
        cluster.crash(1);
        cluster.start(1);
        assertThat(cluster.client(1).value("a")).isEqualTo("1");
    }
}
