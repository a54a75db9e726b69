package io.ringleader.namespaces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import io.ringleader.it.Await;
import io.ringleader.it.TextClient;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The faults of a {@link NamespaceCluster} are real: seen from outside, not by the checks it makes itself. */
@Timeout(120)
class NamespaceClusterIT {
    private static final Duration SOON = Duration.ofSeconds(15);
    private static NamespaceCluster cluster;

    @BeforeAll
    static void start() throws IOException {
        try {
            cluster = NamespaceCluster.started(3, Map.of("cluster.partitions", 8));
        } catch (UnavailableException e) {
            abort(e.getMessage());
        }
    }

    @AfterEach
    void undo() throws IOException {
        cluster.healAll();
        cluster.awaitReady();
    }

    @AfterAll
    static void stop() throws IOException {
        if (cluster != null) {
            cluster.close();
        }
        assertThat(Commands.words("ip netns list"))
                .doesNotContain(Leftovers.prefix(ProcessHandle.current().pid()));
    }

    @Test
    void aNodeThatIsCutOffFromItsPeersKnowsNoLeaderAndStillTalksToClients() throws IOException {
        int leader = cluster.standings().busiest();
        cluster.inject(Fault.split(List.of(leader), cluster.others(leader)));
        Await.until(
                "node " + leader + " knows no leader",
                SOON,
                () -> cluster.standings().heard().get(leader).values().stream().allMatch(heard -> heard == 0));
        try (TextClient client = new TextClient(cluster.node(leader).clientAddress(), SOON)) {
            assertThat(client.set("key", "value")).startsWith("SERVER_ERROR").contains("cannot be served");
        }
    }

    @Test
    void packetsGoOneWayOnlyWhereTheOtherIsCut() throws IOException {
        Fault.Cut cut = Fault.oneWay(List.of(1), List.of(2));
        cluster.inject(cut);
        assertThat(cluster.probe(new Link(1, 2), 10)).isZero();
        assertThat(cluster.probe(new Link(2, 1), 10)).isEqualTo(10);
        assertThat(cluster.probe(new Link(1, 3), 10)).isEqualTo(10);
        cluster.heal(cut);
        assertThat(cluster.probe(new Link(1, 2), 10)).isEqualTo(10);
    }

    @Test
    void aLinkThatTwoFaultsCutIsWholeWhenBothAreUndone() throws IOException {
        Fault.Cut first = Fault.partial(1, 2);
        Fault.Cut second = Fault.split(List.of(1), List.of(2, 3));
        cluster.inject(first);
        cluster.inject(second);
        cluster.heal(second);
        assertThat(cluster.probe(new Link(1, 2), 10)).isZero();
        assertThat(cluster.probe(new Link(1, 3), 10)).isEqualTo(10);
        cluster.heal(first);
        assertThat(cluster.probe(new Link(1, 2), 10)).isEqualTo(10);
    }

    @Test
    void packetsGetLostAtRandomOnTheLinkThatLosesThem() throws IOException {
        try {
            cluster.inject(new Fault.Loss(Set.of(new Link(2, 3)), 30));
        } catch (UnavailableException e) {
            abort(e.getMessage());
        }
        assertThat(cluster.probe(new Link(2, 3), 500)).isBetween(280L, 420L);
        assertThat(cluster.probe(new Link(1, 3), 50)).isEqualTo(50);
        assertThat(cluster.probe(new Link(3, 2), 50)).isEqualTo(50);
    }

    @Test
    void whatANodeSendsIsLate() throws IOException {
        try {
            cluster.inject(new Fault.Delay(1, 20));
        } catch (UnavailableException e) {
            abort(e.getMessage());
        }
        long startNanos = System.nanoTime();
        assertThat(cluster.node(1).stats("")).isNotEmpty();
        assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isGreaterThan(Duration.ofMillis(20));
    }

    @Test
    void aKilledNodeIsAnotherProcessAfterwards() throws IOException {
        long pid = cluster.node(1).pid();
        Fault.Killed killed = new Fault.Killed(1);
        cluster.inject(killed);
        assertThat(ProcessHandle.of(pid)).isEmpty();
        assertThatThrownBy(() -> cluster.node(1).stats("")).isInstanceOf(IOException.class);
        cluster.heal(killed);
        cluster.awaitReady();
        assertThat(cluster.node(1).pid()).isNotEqualTo(pid);
    }

    @Test
    void aPausedNodeAnswersWhenItGoesOn() throws IOException {
        Fault.Paused paused = new Fault.Paused(2);
        cluster.inject(paused);
        try (TextClient client = new TextClient(cluster.node(2).clientAddress(), Duration.ofMillis(300))) {
            assertThatThrownBy(() -> client.command("version")).isInstanceOf(SocketTimeoutException.class);
            cluster.heal(paused);
            client.waitAtMost(SOON);
            assertThat(client.line()).startsWith("VERSION");
        }
    }

    /** A run of many clusters, one after the other, has more networks than there are letters. */
    @Test
    void namesOfNetworksAreUsedAgain() throws IOException {
        for (int i = 0; i < 30; i++) {
            new Network(List.of(1)).close();
        }
    }

    @Test
    void whatAKilledRunLeftIsRemovedAndWhatAnotherUsesIsNot() throws IOException {
        // ids of processes are lower than this
        String left = Leftovers.prefix(5_000_000) + "a";
        Commands.words("ip netns add " + left + "n1");
        Commands.words("ip link add " + left + "b type bridge");
        Leftovers.remove();
        assertThat(Commands.words("ip netns list") + Commands.words("ip -o link show"))
                .doesNotContain(left)
                .contains(Leftovers.prefix(ProcessHandle.current().pid()));
    }
}
