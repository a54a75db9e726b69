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
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every answer is the one a stock memcached gives: random commands go to both, in pipelines and cut anywhere, each packet to
 * the next of three nodes, so that most do not lead the partition of the key. What fails is made smaller and printed in the
 * notation of {@link Script}; put into a file of src/test/resources/differential it is run for ever after.
 *
 * <p>The build runs a fixed number of fixed scripts. {@code -Dringleader.differential.seconds=600} runs longer, {@code -Dringleader.differential.seed=7} with other commands.
 */
class DifferentialIT {
    private static final int FIXED_SCRIPTS = 300;
    private static final long SECONDS = Long.getLong("ringleader.differential.seconds", 0);
    private static final long SEED = Long.getLong("ringleader.differential.seed", 1);

    private static final Path KNOWN = Path.of("src/test/resources/differential");

    @RegisterExtension
    static final Processes PROCESSES = Processes.untilEndOfClass();

    private static ReferenceMemcached reference;
    private static TestCluster cluster;
    private static Duel duel;

    @BeforeAll
    static void start() throws IOException {
        Optional<Path> program = ReferenceMemcached.find();
        Assumptions.assumeTrue(program.isPresent(), ReferenceMemcached.MISSING);
        reference = ReferenceMemcached.start(PROCESSES, program.get());
        cluster = TestCluster.started(PROCESSES, Map.of());
        duel = new Duel(
                reference.port,
                cluster.nodes.stream().map(node -> node.clientPort).toList());
    }

    @Test
    void classicCommands() {
        requireEqualAnswers(seed -> new ClassicScripts(seed)::next);
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

    @Test
    void scriptsThatOnceFailedHaveEqualAnswers() throws IOException {
        try (Stream<Path> files = Files.list(KNOWN)) {
            for (Path file : files.sorted().toList()) {
                Script script = Script.parse(Files.readAllLines(file));
                for (int node = 0; node < TestCluster.NODES; node++) {
                    requireEqualAnswers(file.toString(), applicable(script), node);
                }
            }
        }
    }

    /** A second is the resolution of memcached's clock: it is asked again and again until the item has gone. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "set t 0 1 1\r\nx\r\n",
                "set t 0 0 1 noreply\r\nx\r\ntouch t 1\r\n",
                "set t 0 0 1 noreply\r\nx\r\ngat 1 t\r\n",
                "set t 0 0 1 noreply\r\nx\r\nflush_all 2\r\n"
            })
    void whatExpiresIsThereAtFirstAndGoneSoonAfter(String commands) throws IOException {
        for (int port : new int[] {reference.port, cluster.node(2).clientPort}) {
            try (TextClient client = new TextClient(port)) {
                client.send(commands);
                Answer.readToVersion(withVersion(client));
                Await.until(
                        "the item expires at port " + port,
                        Duration.ofSeconds(10),
                        () -> client.get("t").isEmpty());
                assertThat(client.command("add t 0 0 1\r\ny")).isEqualTo("STORED");
                client.command("flush_all");
                client.command("delete t");
            }
        }
    }

    private static TextClient withVersion(TextClient client) throws IOException {
        client.send("version\r\n");
        return client;
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
        try (Side side = new Side(ports, 0)) {
            side.send(0, packet);
            List<String> lines =
                    side.receive(0, packet).stream().map(Answer::line).toList();
            return lines.subList(0, lines.size() - Side.LAST_ANSWERS);
        }
    }

    private static void requireEqualAnswers(LongFunction<Supplier<Script>> generators) {
        long startNanos = System.nanoTime();
        long seed = SEED * 1_000_000;
        long last = seed + FIXED_SCRIPTS;
        while (seed < last || System.nanoTime() - startNanos < SECONDS * 1_000_000_000L) {
            seed++;
            requireEqualAnswers(
                    "seed " + seed, applicable(generators.apply(seed).get()), (int) (seed % TestCluster.NODES));
        }
        System.out.println(
                seed - SEED * 1_000_000 + " scripts had equal answers from memcached " + reference.version + ".");
    }

    private static Script applicable(Script script) {
        return reference.isCurrent() ? script : OlderMemcached.without(script);
    }

    private static void requireEqualAnswers(String name, Script script, int firstNode) {
        Optional<String> wrong = duel.run(script, firstNode);
        if (wrong.isEmpty()) {
            return;
        }
        Script smallest = Duel.shrink(script, s -> duel.run(s, firstNode).isPresent());
        Optional<String> again = duel.run(smallest, firstNode);
        throw new AssertionError(name + " against memcached " + reference.version + ": "
                + again.orElse("only once, in a longer script: " + wrong.get()) + "\n" + smallest);
    }
}
