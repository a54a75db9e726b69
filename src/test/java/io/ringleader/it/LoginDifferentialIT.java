package io.ringleader.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A client that has to log in hears what a stock memcached with the same file of users tells it: before the login, at it, and
 * after it. One request at a time, since memcached answers a pipeline before the login in part only.
 */
class LoginDifferentialIT {
    private static final int SCRIPTS = 40;
    private static final long SEED = Long.getLong("ringleader.differential.seed", 1);
    private static final int REQUESTS_MAX = 4;

    private static final List<String> REFUSED = List.of(
            "get none",
            "mg none",
            "nonsense",
            "verbosity",
            "add x 0 0 8",
            "set x 0 0",
            "set x 0 0 -1",
            "set x 0 0 x",
            "set x 0 0 0\r\n",
            "set x 0 0 3\r\nbob",
            "set x 0 0 8\r\nbob_pear",
            "GET / HTTP/1.1");
    /** In Ringleader each costs time. */
    private static final List<String> WRONG = List.of("set x 0 0 9\r\nbob apple", "set x 0 0 8\r\nann pear");

    private static final List<String> RIGHT = List.of(
            "set x 0 0 8\r\nbob pear",
            "set x 0 0 8 noreply\r\nbob pear",
            "set  any  5 100 08 \r\nbob pear",
            "set x a b 8\r\nbob pear",
            "set x 0 0 9\r\nann apple");

    private static final List<String> AFTERWARDS = List.of(
            "get none",
            "mg none",
            "nonsense",
            "set a 0 0 1\r\nx",
            "set x 0 0 8\r\nbob pear",
            "delete none",
            "incr none 1");

    /** Those that 1.6.18 answers in another way, as it cuts lines into words in another way. */
    private static final List<String> REFUSED_BY_CURRENT = List.of(
            "ab", "quit", "mn", " set x 0 0 8", "set x 0 0 16385", "set x 0 0 70000", "set x 0 0 8\r\nbob pearXY");

    private static final List<String> WRONG_FOR_CURRENT =
            List.of("set x 0 0 9\r\nbob pear ", "set x 0 0 4\r\nbob ", "set x 0 0 5\r\n pear");

    private static final List<String> RIGHT_FOR_CURRENT = List.of("set x 0 0 18\r\ncarl green  apple ");

    @RegisterExtension
    static final Processes PROCESSES = Processes.untilEndOfClass();

    private static ReferenceMemcached reference;
    private static TestCluster cluster;

    @BeforeAll
    static void start() throws IOException {
        Optional<Path> program = ReferenceMemcached.find();
        Assumptions.assumeTrue(program.isPresent(), ReferenceMemcached.MISSING);
        cluster = new TestCluster(PROCESSES, Map.of());
        Path users = cluster.directory.resolve("users.txt");
        Files.writeString(users, "bob:pear\nann:apple\ncarl:green  apple \n");
        cluster.writeConfig(cluster.directory.resolve("cluster.toml"), Map.of("cluster.auth_file", "\"users.txt\""));
        cluster.nodes.forEach(node -> node.withUser("bob", "pear"));
        cluster.startAll();
        // it reads the file as the user it is to become, who must be able to
        String user = System.getProperty("user.name");
        reference = ReferenceMemcached.start(PROCESSES, program.get(), "-Y", users.toString(), "-u", user);
        cluster.awaitReady();
    }

    @Test
    void whoLogsInHearsTheSame() throws IOException {
        for (int number = 0; number < SCRIPTS; number++) {
            Random random = new Random(SEED * 1_000_000 + number);
            List<String> script = script(random);
            int node = 1 + number % cluster.nodes.size();
            assertThat(answers(cluster.node(node).clientPort, script, number))
                    .as("the answers of node %d to %s, beside memcached %s", node, script, reference.version)
                    .isEqualTo(answers(reference.port, script, number));
        }
    }

    private static List<String> script(Random random) {
        List<String> script = new ArrayList<>();
        List<String> refused = forThis(REFUSED, REFUSED_BY_CURRENT);
        for (int count = random.nextInt(REQUESTS_MAX + 1); count > 0; count--) {
            script.add(oneOf(random, refused));
        }
        if (random.nextInt(3) == 0) {
            script.add(oneOf(random, forThis(WRONG, WRONG_FOR_CURRENT)));
            script.add(oneOf(random, refused));
        }
        script.add(oneOf(random, forThis(RIGHT, RIGHT_FOR_CURRENT)));
        for (int count = random.nextInt(REQUESTS_MAX + 1); count > 0; count--) {
            script.add(oneOf(random, AFTERWARDS));
        }
        return script;
    }

    private static List<String> forThis(List<String> any, List<String> current) {
        return reference.isCurrent()
                ? Stream.concat(any.stream(), current.stream()).toList()
                : any;
    }

    private static String oneOf(Random random, List<String> list) {
        return list.get(random.nextInt(list.size()));
    }

    /** One line each, up to the end of the connection. Every request is cut somewhere. */
    private static List<String> answers(int port, List<String> script, long seed) throws IOException {
        Random random = new Random(seed);
        List<String> answers = new ArrayList<>();
        try (TextClient client = new TextClient(port)) {
            for (String request : script) {
                byte[] bytes = (request + "\r\n").getBytes(StandardCharsets.US_ASCII);
                int cut = random.nextInt(bytes.length);
                client.send(Arrays.copyOf(bytes, cut));
                client.send(Arrays.copyOfRange(bytes, cut, bytes.length));
                answers.add(client.line());
            }
        } catch (EOFException | SocketException e) {
            answers.add(Answer.CLOSED.line());
        }
        return answers;
    }
}
