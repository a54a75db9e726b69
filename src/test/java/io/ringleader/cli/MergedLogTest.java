package io.ringleader.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class MergedLogTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void everyLineSaysWhoseItIs() {
        MergedLog log = new MergedLog(out, false);
        log.copy(1, in("one\n\ntwo"));
        log.copy(12, in("drei: \u00fc\n"));
        log.say("three");
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("""
                n1 | one
                n1 |\s
                n1 | two
                n12 | drei: \u00fc
                ** | three
                """);
    }

    @Test
    void coloursAreOnlyForTerminals() {
        new MergedLog(out, true).copy(1, in("x\n"));
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("\u001B[33mn1 | \u001B[0mx\n");
    }

    @Test
    void aLineWithoutEndIsBroken() {
        String endless = "x".repeat(MergedLog.LINE_MAX_BYTES);
        new MergedLog(out, false).copy(1, in(endless + "yy\n" + endless + "\n"));
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .isEqualTo("n1 | " + endless + "\nn1 | yy\nn1 | " + endless + "\n");
    }

    @Property(tries = 200)
    void noByteOfALineIsLost(@ForAll List<String> words) {
        ByteArrayOutputStream merged = new ByteArrayOutputStream();
        List<String> lines = words.stream().map(word -> word.replace("\n", "")).toList();
        String text = lines.stream().map(line -> line + "\n").collect(Collectors.joining());
        new MergedLog(new PrintStream(merged, true, StandardCharsets.UTF_8), false).copy(3, in(text));
        StringBuilder expected = new StringBuilder();
        lines.forEach(line -> expected.append("n3 | ").append(line).append('\n'));
        assertThat(merged.toByteArray()).isEqualTo(expected.toString().getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void linesOfSeveralProcessesAreNotMixed() {
        MergedLog log = new MergedLog(out, false);
        String line = "abcdefghij".repeat(20);
        String text = (line + "\n").repeat(500);
        Stream.of(1, 2, 3, 4).parallel().forEach(node -> log.copy(node, in(text)));
        List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).hasSize(2_000).allMatch(found -> found.matches("n[1-4] \\| " + line));
    }

    private static InputStream in(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}
