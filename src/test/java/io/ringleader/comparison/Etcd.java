package io.ringleader.comparison;

import io.ringleader.bench.BenchOptions.Protocol;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.StringJoiner;

/** A cluster of three. */
final class Etcd extends Candidate {
    private static final int CLIENT_PORT = 21_241;
    private static final int PEER_PORT = 22_241;
    private static final int NODES = 3;

    Etcd() {
        super("etcd", Protocol.ETCD);
    }

    @Override
    String promise() {
        return "on the disks of a majority of 3 nodes; reads are linearizable";
    }

    @Override
    String version() {
        return firstLine(output("etcd", "--version"));
    }

    @Override
    void start(Path directory) throws IOException {
        StringJoiner cluster = new StringJoiner(",");
        for (int i = 1; i <= NODES; i++) {
            cluster.add("n" + i + "=http://127.0.0.1:" + (PEER_PORT + i));
            servers.add(local(CLIENT_PORT + i));
        }
        for (int i = 1; i <= NODES; i++) {
            String client = "http://127.0.0.1:" + (CLIENT_PORT + i);
            String peer = "http://127.0.0.1:" + (PEER_PORT + i);
            launch(
                    directory.resolve("etcd" + i + ".log"),
                    "etcd",
                    "--name",
                    "n" + i,
                    "--data-dir",
                    directory.resolve("etcd" + i).toString(),
                    "--listen-client-urls",
                    client,
                    "--advertise-client-urls",
                    client,
                    "--listen-peer-urls",
                    peer,
                    "--initial-advertise-peer-urls",
                    peer,
                    "--initial-cluster",
                    cluster.toString(),
                    // it keeps all versions of a key: more than its usual 2 GiB may come together
                    "--quota-backend-bytes",
                    Long.toString(8L << 30));
        }
        HttpClient http = HttpClient.newHttpClient();
        for (InetSocketAddress server : servers) {
            URI health = URI.create("http://127.0.0.1:" + server.getPort() + "/health");
            await("it is healthy", () -> isHealthy(http, health));
        }
    }

    private static boolean isHealthy(HttpClient http, URI health) throws IOException {
        try {
            return http.send(HttpRequest.newBuilder(health).build(), HttpResponse.BodyHandlers.ofString())
                    .body()
                    .contains("true");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
