package io.ringleader.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs every script in {@code src/test/resources/raft}, and compares what happened with what is written there. After a wanted
 * change of behaviour {@code mvn test -Dtest=RaftScriptTest -Draft.rewrite=true} writes down what happens now; read the
 * difference before committing it. The commands are described at {@link ScriptCommands}.
 */
class RaftScriptTest {
    private static final Path SCRIPTS = Path.of("src", "test", "resources", "raft");

    static List<String> scripts() {
        try (Stream<Path> files = Files.list(SCRIPTS)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".txt"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("The scripts in " + SCRIPTS + " cannot be listed.", e);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scripts")
    void leavesTheTraceThatIsWrittenDown(String name) throws IOException {
        Path file = SCRIPTS.resolve(name);
        String text = Files.readString(file);
        Script script = Script.parse(text);
        ScriptCommands commands = new ScriptCommands();
        List<List<String>> traces = new ArrayList<>();
        for (Script.Block block : script.blocks()) {
            traces.add(commands.run(block.commands()));
        }
        String happened = script.rewritten(traces);
        if (Boolean.getBoolean("raft.rewrite")) {
            Files.writeString(file, happened);
        } else {
            assertThat(happened).as(name).isEqualTo(text);
        }
    }
}
