package io.ringleader.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is made of the answers of some of the nodes of a cluster of three, with one partition. */
class ClusterReportTest {
    private static NodeReport node(int id, String role, int leader, int term) {
        Map<String, String> raft = new TreeMap<>();
        raft.put("0:role", role);
        raft.put("0:standing", "voter");
        raft.put("0:leader", Integer.toString(leader));
        raft.put("0:term", Integer.toString(term));
        return new NodeReport(id, "node-" + id, Optional.empty(), Map.of("partitions", "1"), raft);
    }

    private static String print(NodeReport... nodes) {
        StringWriter text = new StringWriter();
        new ClusterReport(List.of(nodes), 1).print(new PrintWriter(text), Optional.empty());
        return text.toString();
    }

    private static boolean isWell(NodeReport... nodes) {
        return new ClusterReport(List.of(nodes), 1).isWell();
    }

    @Test
    void aFollowerTellsOfALeaderThatWasNotAsked() {
        NodeReport follower = node(1, "follower", 2, 7);

        assertThat(isWell(follower)).isTrue();
        assertThat(print(follower))
                .contains("1 of 1 partitions have a leader\n0 of 0 partitions that these nodes lead")
                .containsPattern("\n +0 +2 +7 +- ");
    }

    @Test
    void theFollowerOfTheLatestTermIsBelieved() {
        assertThat(print(node(1, "follower", 2, 7), node(3, "follower", 4, 8))).containsPattern("\n +0 +4 +8 ");
    }

    @Test
    void aNodeThatWasAskedAndDoesNotLeadIsNoLeaderWhateverItsFollowersSay() {
        NodeReport follower = node(1, "follower", 2, 7);
        NodeReport deposed = node(2, "follower", 0, 7);

        assertThat(isWell(follower, deposed)).isFalse();
        assertThat(print(follower, deposed)).contains("0 of 1 partitions have a leader; not 0");
    }

    @Test
    void ofTwoThatSayTheyLeadTheOneOfTheLaterTermDoes() {
        assertThat(print(node(1, "leader", 1, 7), node(2, "leader", 2, 8))).containsPattern("\n +0 +2 +8 ");
    }
}
