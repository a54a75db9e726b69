package io.ringleader.it;

import io.ringleader.it.Script.Packet;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of two servers that are sent the same script: its connections, and the CAS ids it has told. With several ports each
 * packet goes to the next of them. Used by one thread.
 */
final class Side implements Closeable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** A server that closes does so at once. */
    private static final Duration CLOSING = Duration.ofSeconds(5);

    /** A CAS id that no item has, for a key of which none was seen. */
    private static final String NO_CAS = "18446744073709551000";

    /** The read waits for writes without an answer; nothing in a script asks for the version. */
    private static final String LAST = "get ~\r\nversion\r\n";

    /** To what is sent behind a packet whose numbers are small: two errors, and END. */
    static final int LAST_ANSWERS = 3;

    private static final Pattern SHORT_NUMBER = Pattern.compile("(?<!\\w)\\d{1,4}(?!\\d)");
    private static final String FILLER = "~".repeat(500) + "\r\n";

    private final List<Integer> ports;
    private final Map<Integer, TextClient> clients = new HashMap<>();
    /** Second connections: once one is answered, the server has seen what came before on the first. */
    private final Map<Integer, TextClient> witnesses = new HashMap<>();

    private final Map<String, String> casByKey = new HashMap<>();

    /** @param first the port of the first packet, by its place in the list */
    Side(List<Integer> ports, int first) {
        List<Integer> order = new ArrayList<>(ports.subList(first % ports.size(), ports.size()));
        order.addAll(ports.subList(0, first % ports.size()));
        this.ports = order;
    }

    private static TextClient open(Map<Integer, TextClient> connections, int port) throws IOException {
        TextClient client = connections.get(port);
        if (client == null) {
            client = new TextClient(port, PATIENCE);
            connections.put(port, client);
        }
        return client;
    }

    private int port(int packetNumber) {
        return ports.get(packetNumber % ports.size());
    }

    void send(int packetNumber, Packet packet) throws IOException {
        int port = port(packetNumber);
        TextClient client = open(clients, port);
        ByteArrayOutputStream pending = new ByteArrayOutputStream();
        for (String command : packet.commands()) {
            List<byte[]> parts = Script.parts(command, key -> casByKey.getOrDefault(key, NO_CAS));
            for (int i = 0; i < parts.size(); i++) {
                if (i > 0) {
                    client.send(pending.toByteArray());
                    pending.reset();
                    open(witnesses, port).command("version");
                }
                pending.writeBytes(parts.get(i));
            }
        }
        client.send(pending.toByteArray());
        if (!packet.closing()) {
            client.send(filler(packet) + LAST);
        }
    }

    /** Lines to be swallowed by a command that announces more bytes than it brings; errors to all others. */
    private static String filler(Packet packet) {
        int swallowedMax = 0;
        for (String command : packet.commands()) {
            for (Matcher number = SHORT_NUMBER.matcher(command); number.find(); ) {
                swallowedMax = Math.max(swallowedMax, Integer.parseInt(number.group()));
            }
        }
        return "~~\r\n" + FILLER.repeat(1 + swallowedMax / FILLER.length());
    }

    List<Answer> receive(int packetNumber, Packet packet) throws IOException {
        TextClient client = open(clients, port(packetNumber));
        List<Answer> answers = packet.closing() ? readToEnd(packetNumber) : Answer.readToVersion(client);
        for (Answer answer : answers) {
            String[] words = answer.words();
            if (words[0].equals("VALUE") && words.length == 5) {
                casByKey.put(words[1], words[4]);
            }
            rememberMetaCas(words);
        }
        return answers;
    }

    private void rememberMetaCas(String[] words) {
        if (words[0].equals("HD") || words[0].equals("VA")) {
            String key = "";
            String cas = "";
            for (int i = 1; i < words.length; i++) {
                key = words[i].startsWith("k") ? words[i].substring(1) : key;
                cas = words[i].matches("c[1-9]\\d*") ? words[i].substring(1) : cas;
            }
            if (!key.isEmpty() && !cas.isEmpty()) {
                casByKey.put(key, cas);
            }
        }
    }

    private List<Answer> readToEnd(int packetNumber) throws IOException {
        List<Answer> answers = new ArrayList<>();
        try (TextClient client = clients.remove(port(packetNumber))) {
            client.waitAtMost(CLOSING);
            while (true) {
                answers.add(Answer.read(client));
            }
        } catch (EOFException | SocketException e) {
            // a reset is an end too: the server had not read all that was sent
            answers.add(Answer.CLOSED);
        } catch (SocketTimeoutException e) {
            answers.add(new Answer("(the connection stays open)", null));
        }
        return answers;
    }

    @Override
    public void close() throws IOException {
        for (TextClient client : clients.values()) {
            client.close();
        }
        for (TextClient witness : witnesses.values()) {
            witness.close();
        }
    }
}
