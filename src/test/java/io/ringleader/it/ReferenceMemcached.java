package io.ringleader.it;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A stock memcached in a process of its own, to compare with. It is what the system property or environment variable {@code
 * MEMCACHED} names, else the {@code memcached} on the PATH. Used by one thread.
 */
final class ReferenceMemcached {
    static final String MISSING = "There is no memcached to compare with: run `apt-get install memcached`, or name one"
            + " with -DMEMCACHED=/path/to/memcached or the environment variable MEMCACHED.";

    private static final Duration READY = Duration.ofSeconds(20);
    private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+).*");
    /** The first of which everything in the description of the protocol holds. */
    private static final int[] CURRENT = {1, 6, 45};

    final int port = Ports.free();
    /** As it answers to {@code -V}, without the first word. */
    final String version;

    private final boolean current;

    private ReferenceMemcached(Processes processes, Path program, List<String> options) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        // one thread: what one connection has been told about is done when another is answered
        command.addAll(List.of("-t", "1", "-U", "0", "-l", "127.0.0.1", "-p", Integer.toString(port)));
        // its thread holds items that were read twice, and an item that is held is not changed in place: no padding
        command.addAll(List.of("-o", "no_lru_maintainer"));
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("-u", "nobody"));
        }
        command.addAll(options);
        processes.start(command, processes.directory().resolve("memcached.log"));
        Await.until(program + " answers", READY, () -> {
            try (TextClient client = new TextClient(port)) {
                return !client.command("version").isEmpty();
            }
        });
        version = version(program);
        Matcher matcher = VERSION.matcher(version);
        if (!matcher.matches()) {
            throw new IOException(program + " tells a version that is none: \"" + version + "\".");
        }
        int order = 0;
        for (int part = 0; part < CURRENT.length && order == 0; part++) {
            order = Integer.compare(Integer.parseInt(matcher.group(part + 1)), CURRENT[part]);
        }
        current = order >= 0;
    }

    static Optional<Path> find() {
        String named = System.getProperty("MEMCACHED", System.getenv("MEMCACHED"));
        if (named != null && !named.isEmpty()) {
            if (!Files.isExecutable(Path.of(named))) {
                throw new IllegalArgumentException("MEMCACHED names " + named + ", which is no program.");
            }
            return Optional.of(Path.of(named));
        }
        for (String directory : System.getenv("PATH").split(File.pathSeparator)) {
            Path program = Path.of(directory, "memcached");
            if (Files.isExecutable(program)) {
                return Optional.of(program);
            }
        }
        return Optional.empty();
    }

    /** One that demands a login may not tell it over the wire. */
    private static String version(Path program) throws IOException {
        Process process = new ProcessBuilder(program.toString(), "-V").start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        return text.replaceFirst("^\\S+ ", "").strip();
    }

    /** @param options of the command line, besides those that every test needs */
    static ReferenceMemcached start(Processes processes, Path program, String... options) throws IOException {
        return new ReferenceMemcached(processes, program, List.of(options));
    }

    /** Whether all of it is as Ringleader is meant to be; older ones differ in the points of {@link OlderMemcached}. */
    boolean isCurrent() {
        return current;
    }
}
