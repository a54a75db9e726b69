package io.ringleader.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.it.Script.Packet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.Shrinkable;
import net.jqwik.api.sessions.JqwikSession;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every answer is the one a stock memcached gives: random commands of all three protocols go to both, in pipelines and cut
 * anywhere. What fails is made smaller and printed in the notation of {@link Script}; put into a file of
 * src/test/resources/differential it is run for ever after.
 *
 * <p>The build runs a fixed number of fixed scripts. {@code -Dringleader.differential.seconds=600} runs each kind longer, {@code
 * -Dringleader.differential.seed=7} with other commands.
 */
class DifferentialIT {
    private static final int FIXED_SCRIPTS = 100;
    private static final long SECONDS = Long.getLong("ringleader.differential.seconds", 0);
    /** As jqwik counts it: how many values are to come. */
    private static final int GENERATOR_SIZE = 1000;

    private static final long SEED = Long.getLong("ringleader.differential.seed", 1);

    private static final Path KNOWN = Path.of("src/test/resources/differential");

    @RegisterExtension
    static final Processes PROCESSES = Processes.untilEndOfClass();

    private static ReferenceMemcached reference;
    private static TestCluster cluster;
    private static Duel duel;
    /** Which nodes take the packets of a script, each its list in turn. */
    private static List<List<Integer>> routes;

    /** To a node that serves all by itself. */
    private static List<Integer> alone;

    @BeforeAll
    static void start() throws IOException {
        Optional<Path> program = ReferenceMemcached.find();
        Assumptions.assumeTrue(program.isPresent(), ReferenceMemcached.MISSING);
        reference = ReferenceMemcached.start(PROCESSES, program.get());
        duel = new Duel(reference.port);
        cluster = TestCluster.started(PROCESSES, Map.of());
        alone = List.of(TestCluster.startedAlone(PROCESSES).node(1).clientPort);
        List<Integer> ports =
                cluster.nodes.stream().map(node -> node.clientPort).toList();
        routes = List.of(
                // what one node was told another is asked for
                ports, List.of(ports.get(2), ports.get(1)), List.of(nodeThatDoesNotLead().clientPort), alone);
    }

    /** One that sends on all that most scripts are about. */
    private static TestNode nodeThatDoesNotLead() throws IOException {
        Map<Integer, TestNode> leaders = cluster.leaders();
        return cluster.nodes.stream()
                .filter(node -> Stream.of("a", "b").allMatch(key -> leaders.get(cluster.partitionOf(key)) != node))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource
    void randomScriptsHaveEqualAnswers(Scripts kind) {
        JqwikSession.run(() -> {
            RandomGenerator<Script> scripts = kind.scripts().generator(GENERATOR_SIZE, false);
            long startNanos = System.nanoTime();
            long seed = SEED * 1_000_000;
            long last = seed + FIXED_SCRIPTS;
            while (seed < last || System.nanoTime() - startNanos < SECONDS * 1_000_000_000L) {
                seed++;
                requireEqualAnswers(
                        kind + ", seed " + seed,
                        scripts.next(new Random(seed)).map(DifferentialIT::applicable),
                        routes.get((int) (seed % routes.size())));
            }
            System.out.println(kind + ": " + (seed - SEED * 1_000_000) + " scripts had equal answers from memcached "
                    + reference.version + ".");
        });
    }

    @ParameterizedTest
    @EnumSource(OlderMemcached.class)
    void whereMemcached1618DiffersWeAnswerAsTheCurrentOne(OlderMemcached point) throws IOException {
        Packet packet = Packet.of(point.example);
        assertThat(lines(List.of(cluster.node(1).clientPort), packet)).isEqualTo(point.current);
        if (reference.isCurrent() || reference.version.equals(OlderMemcached.VERSION)) {
            assertThat(lines(List.of(reference.port), packet))
                    .isEqualTo(reference.isCurrent() ? point.current : point.older);
        }
    }

    @ParameterizedTest
    @EnumSource(Difference.class)
    void eachDifferenceStandsInTheDocumentation(Difference difference) throws IOException {
        assertThat(Files.readString(Path.of("docs/compatibility.md")))
                .contains("| `" + difference.documentedName + "` |");
    }

    @ParameterizedTest
    @EnumSource(OlderMemcached.class)
    void eachPointOf1618StandsInTheDocumentation(OlderMemcached point) throws IOException {
        assertThat(Files.readString(Path.of("docs/compatibility.md"))).contains("| " + point.wording + " |");
    }

    @Test
    void scriptsThatOnceFailedHaveEqualAnswers() throws IOException {
        try (Stream<Path> files = Files.list(KNOWN)) {
            for (Path file : files.sorted().toList()) {
                Script script = Script.parse(Files.readAllLines(file));
                for (List<Integer> route : routes) {
                    requireEqualAnswers(file.toString(), Shrinkable.unshrinkable(applicable(script)), route);
                }
            }
        }
    }

    /** A second is the resolution of memcached's clock: they are asked again and again until the items have gone. */
    @Test
    void whatExpiresIsThereAtFirstAndGoneSoonAfter() throws IOException {
        try (TextClient theirs = new TextClient(reference.port);
                TextClient ours = cluster.node(2).connect()) {
            for (TextClient client : List.of(theirs, ours)) {
                client.send("set t 0 2 1\r\nx\r\nset u 0 0 1\r\nx\r\ntouch u 2\r\nset v 0 0 1\r\nx\r\ngat 2 v\r\n"
                        + "ms w 1 T2\r\nx\r\nms x 1\r\nx\r\nmg x T2\r\nget t u v w x\r\nversion\r\n");
                assertThat(Dialect.TEXT.readToLast(client))
                        .extracting(Answer::line)
                        .containsSubsequence("VALUE t 0 1", "VALUE u 0 1", "VALUE v 0 1", "VALUE w 0 1", "VALUE x 0 1");
            }
            for (TextClient client : List.of(theirs, ours)) {
                awaitNone(client, "t", "u", "v", "w", "x");
                client.send("set t 0 0 1\r\nx\r\nflush_all 2\r\nset u 0 0 1\r\nx\r\nget t u\r\nversion\r\n");
                assertThat(Dialect.TEXT.readToLast(client))
                        .extracting(Answer::line)
                        .containsSubsequence("VALUE t 0 1", "VALUE u 0 1");
            }
            for (TextClient client : List.of(theirs, ours)) {
                awaitNone(client, "t", "u");
                assertThat(client.command("add t 0 0 1\r\ny")).isEqualTo("STORED");
                assertThat(client.command("flush_all")).isEqualTo("OK");
            }
        }
    }

    private static void awaitNone(TextClient client, String... keys) {
        Await.until(
                "all of " + List.of(keys) + " expire",
                Duration.ofSeconds(10),
                () -> client.getAll(keys).isEmpty());
    }

    @Test
    void aRefusedSetChangesNothing() throws IOException {
        int tooLarge = (1 << 20) + 1;
        String set = "set large 0 0 " + tooLarge + "\r\n" + "v".repeat(tooLarge);
        try (TextClient theirs = new TextClient(reference.port);
                TextClient ours = cluster.node(1).connect()) {
            for (TextClient client : List.of(theirs, ours)) {
                assertThat(client.set("large", "old")).isEqualTo("STORED");
                assertThat(client.command(set)).isEqualTo("SERVER_ERROR object too large for cache");
            }
            assertThat(theirs.get("large")).isEmpty();
            assertThat(ours.get("large")).contains("old");
        }
    }

    /** The answers, without those to the last two lines, which are sent with each packet and are no commands. */
    private static List<String> lines(List<Integer> ports, Packet packet) throws IOException {
        try (Side side = Side.ofRingleader(ports)) {
            side.send(0, packet);
            List<String> lines =
                    side.receive(0, packet).stream().map(Answer::line).toList();
            return lines.subList(0, lines.size() - Dialect.LAST_TEXT_ANSWERS);
        }
    }

    private static Script applicable(Script script) {
        return reference.isCurrent() ? script : OlderMemcached.without(script);
    }

    private static void requireEqualAnswers(String name, Shrinkable<Script> script, List<Integer> route) {
        boolean hintsAgree = route.equals(alone);
        Optional<String> wrong = duel.run(script.value(), route, hintsAgree);
        if (wrong.isEmpty()) {
            return;
        }
        Script smallest = Duel.shrink(
                        script, smaller -> duel.run(smaller, route, hintsAgree).isPresent())
                .value();
        Optional<String> again = duel.run(smallest, route, hintsAgree);
        throw new AssertionError(name + " against memcached " + reference.version + ": "
                + again.orElse("only once, in a longer script: " + wrong.get()) + "\n" + smallest);
    }
}
