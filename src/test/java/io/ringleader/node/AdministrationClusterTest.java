package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.config.ClientAccess;
import io.ringleader.sim.TextClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What operators ask of a node, on a whole cluster in one thread. */
class AdministrationClusterTest {
    private static final String METADUMP = "key=\\S+ exp=(-1|\\d+) la=0 cas=\\d+ fetch=no cls=1 size=\\d+ flags=\\d+ ";

    private static Map<String, String> stats(OneThreadCluster cluster, int node, String argument) {
        Map<String, String> stats = new TreeMap<>();
        for (String line :
                cluster.client(node).ask(("stats " + argument).strip()).split("\r\n")) {
            String[] words = line.split(" ", 3);
            if (words[0].equals("STAT")) {
                stats.put(words[1], words[2]);
            }
        }
        return stats;
    }

    @Test
    void statsRaftSaysWhatALeaderHasUncommittedUntilItStepsDown() {
        OneThreadCluster cluster = new OneThreadCluster(23, options -> options.partitions = 1)
                .start()
                .awaitLeaders();
        int leader = cluster.leaderOf(0);
        assertThat(cluster.client(leader).ask(TextClient.set("k", 0, "v"))).isEqualTo("STORED");
        cluster.runMillis(50);
        assertThat(stats(cluster, leader, "raft"))
                .containsEntry("uncommitted_bytes", "0")
                .containsEntry("uncommitted_refusals", "0");
        cluster.nodes().stream().filter(node -> node != leader).toList().forEach(cluster::crash);
        cluster.client(leader).send(TextClient.set("k", 0, "v"), answer -> {});
        cluster.runMillis(50);
        assertThat(Long.parseLong(stats(cluster, leader, "raft").get("uncommitted_bytes")))
                .isPositive();
        cluster.runMillis(2_000);
        assertThat(stats(cluster, leader, "raft")).containsEntry("uncommitted_bytes", "0");
    }

    @Test
    void aMetadumpListsEveryKeyOnceWhileWritesGoOn() {
        OneThreadCluster cluster = new OneThreadCluster(11).start().awaitLeaders();
        TextClient writer = cluster.client(1);
        List<String> stored = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            writer.send(TextClient.set("steady" + i, i % 3 == 0 ? 1_000 : 0, "value" + i), stored::add);
        }
        cluster.runUntil(() -> stored.size() == 2_000, 20_000, "all is stored");
        cluster.runMillis(500);
        RawClient reader = new RawClient(cluster, 2, "lru_crawler metadump all\r\n");
        int[] writes = {0};
        while (!reader.text().endsWith("END\r\n")) {
            for (int i = 0; i < 5; i++) {
                writer.send(TextClient.set("steady" + writes[0]++ % 2_000, 0, "changed"), answer -> {});
                writer.send(TextClient.set("new" + writes[0], 0, "v"), answer -> {});
            }
            cluster.runMillis(1);
            assertThat(writes[0]).as("writes until the end of the list").isLessThan(100_000);
        }
        String[] lines = reader.text().split("\r?\n");
        assertThat(lines[0]).isEqualTo("OK");
        TreeSet<String> keys = new TreeSet<>();
        for (int i = 1; i < lines.length - 1; i++) {
            assertThat(lines[i]).matches(METADUMP);
            assertThat(keys.add(lines[i].split("[= ]")[1])).as(lines[i]).isTrue();
        }
        for (int i = 0; i < 2_000; i++) {
            assertThat(keys).contains("steady" + i);
        }
    }

    @Test
    void whereNodesOutnumberReplicasTheListsOfAllNodesHaveAllKeys() {
        OneThreadCluster cluster = new OneThreadCluster(18, options -> {
                    options.nodes = 5;
                    options.partitions = 10;
                })
                .start()
                .awaitLeaders();
        TextClient client = cluster.client(1);
        TreeSet<String> expected = new TreeSet<>();
        for (int i = 0; i < 100; i++) {
            client.send(TextClient.set("key" + i, 0, "v"), answer -> {});
            expected.add("key" + i);
        }
        cluster.runUntil(() -> client.waiting() == 0, 20_000, "all is stored");
        cluster.runMillis(1_000);
        TreeSet<String> listed = new TreeSet<>();
        for (int node : cluster.nodes()) {
            RawClient reader = new RawClient(cluster, node, "lru_crawler metadump all\r\n");
            cluster.runUntil(() -> reader.text().endsWith("END\r\n"), 10_000, "the list is whole");
            List<Integer> here = cluster.config().ring().partitionsOf(node);
            for (String line : reader.text().split("\r?\n")) {
                if (line.startsWith("key=")) {
                    String key = line.split("[= ]")[1];
                    listed.add(key);
                    assertThat(here).contains(cluster.partitionOf(key));
                }
            }
        }
        assertThat(listed).isEqualTo(expected);
    }

    @Test
    void aListForOneWhoDoesNotReadKeepsOthersWaitingForABoundedTime() {
        OneThreadCluster cluster = new OneThreadCluster(12).start().awaitLeaders();
        TextClient client = cluster.client(1);
        for (int i = 0; i < 3_000; i++) {
            client.send(TextClient.set("k".repeat(200) + i, 0, "v"), answer -> {});
        }
        cluster.runUntil(() -> client.waiting() == 0, 20_000, "all is stored");
        RawClient lazy = new RawClient(cluster, 1, "");
        cluster.runMillis(10);
        lazy.setReading(false);
        lazy.says("lru_crawler metadump all\r\n");
        cluster.runMillis(1_000);
        assertThat(client.ask("lru_crawler metadump all")).isEqualTo("BUSY currently processing crawler request");
        cluster.runMillis(61_000);
        assertThat(lazy.isClosed()).isTrue();
        RawClient next = new RawClient(cluster, 1, "lru_crawler metadump all\r\n");
        cluster.runUntil(() -> next.text().endsWith("END\r\n"), 10_000, "the list is whole");
        assertThat(next.text().split("\n")).hasSize(3_002);
    }

    @Test
    void aWatcherOfRaftSeesAnElectionAndCommits() {
        OneThreadCluster cluster = new OneThreadCluster(13).start().awaitLeaders();
        int leader = cluster.leaderOf(0);
        int follower = cluster.followerOf(0);
        RawClient watcher = new RawClient(cluster, follower, "watch raft\r\n");
        cluster.runMillis(100);
        cluster.crash(leader);
        cluster.runUntil(() -> cluster.leaderOf(0) != 0, 20_000, "partition 0 has a new leader");
        int newLeader = cluster.leaderOf(0);
        assertThat(cluster.client(follower).ask(TextClient.set(cluster.keyOf(0, 0), 0, "v")))
                .isEqualTo("STORED");
        cluster.runMillis(2_000);
        List<String> lines = List.of(watcher.text().split("\r?\n"));
        assertThat(lines.get(0)).isEqualTo("OK");
        String start = "ts=\\d+\\.\\d{6} gid=\\d+ ";
        assertThat(lines.subList(1, lines.size()))
                .allSatisfy(line -> assertThat(line).matches(start + "type=(role|commit|snapshot) partition=\\d+ .*"));
        assertThat(lines)
                .anyMatch(line -> line.matches(
                        start + "type=role partition=0 term=\\d+ role=\\w+ leader=" + newLeader + " reason=\".+\""));
        assertThat(lines)
                .anyMatch(line ->
                        line.matches(start + "type=commit partition=0 term=\\d+ index=\\d+ entries=\\d+ bytes=\\d+"));
    }

    @Test
    void commitsAreSummedUpForAWatcher() {
        OneThreadCluster cluster = new OneThreadCluster(14).start().awaitLeaders();
        RawClient watcher = new RawClient(cluster, 1, "watch raft\r\n");
        TextClient client = cluster.client(1);
        String key = cluster.keyOf(0, 0);
        cluster.runMillis(100);
        for (int i = 0; i < 200; i++) {
            assertThat(client.ask(TextClient.set(key, 0, "v" + i))).isEqualTo("STORED");
        }
        cluster.runMillis(1_000);
        long commits = watcher.text()
                .lines()
                .filter(line -> line.contains("type=commit partition=0 "))
                .count();
        long entries = watcher.text()
                .lines()
                .filter(line -> line.contains("type=commit partition=0 "))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".* entries=(\\d+) .*", "$1")))
                .sum();
        assertThat(entries).isGreaterThanOrEqualTo(200);
        assertThat(commits).isLessThan(20);
    }

    @Test
    void aClusterWithUsersServesThoseOnlyWhoLogIn() {
        OneThreadCluster cluster = new OneThreadCluster(
                        15,
                        options -> options.clientAccess =
                                new ClientAccess(Optional.of(Path.of("/users")), Map.of("ann", "apple"), false))
                .start()
                .awaitLeaders();
        TextClient client = cluster.client(1);
        assertThat(client.ask("get somekey")).isEqualTo("CLIENT_ERROR unauthenticated");
        long before = cluster.nowMillis();
        assertThat(client.ask("set login 0 0 9\r\nann peach")).startsWith("CLIENT_ERROR authentication failure");
        assertThat(cluster.nowMillis() - before).isGreaterThanOrEqualTo(200);
        assertThat(client.ask("set login 0 0 9\r\nann apple")).isEqualTo("STORED");
        assertThat(client.value("login")).as("a login is no set").isNull();
        assertThat(client.ask(TextClient.set("k", 0, "v"))).isEqualTo("STORED");
        assertThat(client.value("k")).isEqualTo("v");
        assertThat(client.ask("stats")).contains("STAT auth_cmds 2\r\n", "STAT auth_errors 1\r\n");
        assertThat(client.ask("stats settings"))
                .contains("STAT auth_enabled_sasl yes\r\n", "STAT auth_enabled_ascii yes\r\n")
                .doesNotContain("apple");
    }

    @Test
    void statisticsHaveTheNamesThatToolsKnow() {
        OneThreadCluster cluster = new OneThreadCluster(16).start().awaitLeaders();
        TextClient client = cluster.client(1);
        assertThat(client.ask(TextClient.set("a", 0, "x".repeat(100)))).isEqualTo("STORED");
        assertThat(client.ask(TextClient.set("b", 0, "x".repeat(1_000)))).isEqualTo("STORED");
        cluster.runMillis(500);
        assertThat(stats(cluster, 1, ""))
                .containsEntry("curr_items", "2")
                .containsEntry("total_items", "2")
                .containsEntry("cmd_set", "2")
                .containsEntry("evictions", "0")
                .containsEntry("log_watchers", "0")
                .containsEntry("max_connections", "100");
        assertThat(stats(cluster, 1, "settings"))
                .containsEntry("tcpport", "11001")
                .containsEntry("evictions", "off")
                .containsEntry("shutdown_command", "no");
        assertThat(stats(cluster, 1, "items"))
                .containsEntry("items:1:number", "2")
                .containsEntry("items:1:mem_requested", "1294");
        assertThat(stats(cluster, 1, "sizes")).containsOnly(Map.entry("224", "1"), Map.entry("1120", "1"));
        assertThat(stats(cluster, 1, "slabs")).containsEntry("active_slabs", "0");
        assertThat(stats(cluster, 1, "conns").keySet()).anyMatch(name -> name.matches("\\d+:secs_since_last_cmd"));
        assertThat(client.ask("stats nonsense")).isEqualTo("ERROR");
        assertThat(client.ask("stats reset")).isEqualTo("RESET");
        assertThat(stats(cluster, 1, "")).containsEntry("cmd_set", "0").containsEntry("curr_items", "2");
        String[] names = client.ask("stats").split("\r\n");
        assertThat(names[0]).startsWith("STAT version ");
    }

    @Test
    void aKeyIsListedAsInAUrl() {
        OneThreadCluster cluster =
                new OneThreadCluster(17, options -> options.nodes = 1).start().awaitLeaders();
        TextClient client = cluster.client(1);
        assertThat(client.ask(TextClient.set("a%\u00e9~/", 0, "v"))).isEqualTo("STORED");
        RawClient reader = new RawClient(cluster, 1, "lru_crawler metadump hash\r\nversion\r\n");
        cluster.runUntil(() -> reader.text().contains("VERSION"), 10_000, "the list is whole");
        assertThat(reader.text())
                .isEqualTo("OK\r\nkey=a%25%E9~%2F exp=-1 la=0 cas=1 fetch=no cls=1 size=102 flags=0 \nEND\r\n"
                        + "VERSION 0.0.1\r\n");
    }
}
