package io.ringleader.comparison;

import io.ringleader.bench.BenchOptions.Protocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Redis that writes and syncs its log before it answers, with two replicas that do so too. */
final class Redis extends Candidate {
    private static final int PORT = 21_231;
    private static final int REPLICAS = 2;

    Redis() {
        super("Redis", Protocol.REDIS);
    }

    @Override
    String promise() {
        return "on the disk of the primary; the replicas follow without being waited for";
    }

    @Override
    String version() {
        return firstLine(output("redis-server", "--version"));
    }

    @Override
    void start(Path directory) throws IOException {
        // clients talk to the primary: a replica may answer with something older
        servers.add(local(PORT));
        for (int i = 0; i <= REPLICAS; i++) {
            Path data = Files.createDirectories(directory.resolve("redis" + i));
            List<String> command = new ArrayList<>(List.of(
                    "redis-server",
                    "--bind",
                    "127.0.0.1",
                    "--port",
                    Integer.toString(PORT + i),
                    "--dir",
                    data.toString(),
                    "--appendonly",
                    "yes",
                    "--appendfsync",
                    "always",
                    "--save",
                    ""));
            if (i > 0) {
                command.addAll(List.of("--replicaof", "127.0.0.1 " + PORT));
            }
            launch(directory.resolve("redis" + i + ".log"), command.toArray(String[]::new));
            int port = PORT + i;
            await("it answers", () -> !ask(local(port), "PING", "+PONG").isEmpty());
        }
        await(
                "the replicas are in step",
                () -> ask(servers.get(0), "INFO replication", "repl_backlog_histlen").stream()
                                .filter(line -> line.contains("state=online"))
                                .count()
                        == REPLICAS);
    }
}
