package io.ringleader.comparison;

import io.ringleader.bench.BenchOptions.Protocol;
import java.io.IOException;
import java.nio.file.Path;

/** One memcached with two threads. */
final class Memcached extends Candidate {
    private static final int PORT = 21_221;
    private final int memoryMiB;

    Memcached(int memoryMiB) {
        super("memcached", Protocol.MEMCACHED);
        this.memoryMiB = memoryMiB;
    }

    @Override
    String promise() {
        return "in the memory of one process";
    }

    @Override
    String version() {
        return firstLine(output("memcached", "--version"));
    }

    @Override
    void start(Path directory) throws IOException {
        servers.add(local(PORT));
        launch(
                directory.resolve("memcached.log"),
                "memcached",
                "-u",
                System.getProperty("user.name"),
                "-l",
                "127.0.0.1",
                "-p",
                Integer.toString(PORT),
                "-t",
                "2",
                "-m",
                Integer.toString(memoryMiB));
        await("it answers", () -> !ask(servers.get(0), "version", "VERSION").isEmpty());
    }
}
