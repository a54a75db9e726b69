package io.ringleader.cli;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * What one node says of itself, asked for as any client would.
 *
 * @param id of the node; 0 if it is not known
 * @param address the name of the node, for people
 * @param problem why it said nothing; empty if it did
 * @param settings its {@code stats settings}
 * @param raft its {@code stats raft}
 */
record NodeReport(
        int id, String address, Optional<String> problem, Map<String, String> settings, Map<String, String> raft) {
    /** @param login what is sent first, if clients must log in: user and password, with a space between */
    static NodeReport ask(int id, String address, InetSocketAddress target, Optional<String> login, int timeoutMillis) {
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        try (Socket socket = new Socket()) {
            if (target.isUnresolved()) {
                return silent(id, address, "the host name is unknown");
            }
            socket.connect(target, timeoutMillis);
            Conversation conversation = new Conversation(socket, deadlineNanos);
            if (login.isPresent()) {
                conversation.login(login.get());
            }
            Map<String, String> settings = conversation.stats("settings");
            int said = Integer.parseInt(settings.getOrDefault("node_id", "0"));
            return new NodeReport(said, address, Optional.empty(), settings, conversation.stats("raft"));
        } catch (IOException e) {
            return silent(id, address, e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    static NodeReport silent(int id, String address, String problem) {
        return new NodeReport(id, address, Optional.of(problem), Map.of(), Map.of());
    }

    boolean isUp() {
        return problem.isEmpty();
    }

    /** A number that it says of a partition; the fallback if it does not. */
    long number(int partition, String name, long fallback) {
        String value = raft.get(partition + ":" + name);
        return value == null ? fallback : Long.parseLong(value);
    }

    String text(int partition, String name) {
        return raft.getOrDefault(partition + ":" + name, "");
    }

    private static final class Conversation {
        private final Socket socket;
        private final long deadlineNanos;
        private final BufferedReader in;
        private final OutputStream out;

        Conversation(Socket socket, long deadlineNanos) throws IOException {
            this.socket = socket;
            this.deadlineNanos = deadlineNanos;
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            out = socket.getOutputStream();
        }

        void login(String token) throws IOException {
            byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
            send("set login 0 0 " + bytes.length + "\r\n");
            out.write(bytes);
            send("\r\n");
            String answer = line();
            if (!answer.equals("STORED")) {
                throw new IOException("it does not accept the login: " + answer);
            }
        }

        Map<String, String> stats(String what) throws IOException {
            send("stats " + what + "\r\n");
            Map<String, String> stats = new TreeMap<>();
            for (String line = line(); !line.equals("END"); line = line()) {
                String[] words = line.split(" ", 3);
                if (line.equals("CLIENT_ERROR unauthenticated")) {
                    throw new IOException("clients must log in; give --config, whose auth_file says how");
                } else if (words.length < 3 || !words[0].equals("STAT")) {
                    throw new IOException("it answers \"" + line + "\", which is no statistic");
                }
                stats.put(words[1], words[2]);
            }
            return stats;
        }

        private void send(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.US_ASCII));
        }

        private String line() throws IOException {
            long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
            if (leftMillis <= 0) {
                throw new IOException("it did not answer in time");
            }
            socket.setSoTimeout((int) leftMillis);
            String line = in.readLine();
            if (line == null) {
                throw new EOFException("it closed the connection");
            }
            return line;
        }
    }
}
