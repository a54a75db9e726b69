package io.ringleader.it;

import io.ringleader.it.Script.Ending;
import io.ringleader.it.Script.Packet;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

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

    private record Line(int port, Dialect dialect) {}

    private final List<Integer> ports;
    private final Set<Ending> closing;
    private final Map<Line, TextClient> clients = new HashMap<>();
    /** Second connections: once one is answered, the server has seen what came before on the first. */
    private final Map<Line, TextClient> witnesses = new HashMap<>();

    private final Map<String, String> casByKey = new HashMap<>();

    private Side(List<Integer> ports, Set<Ending> closing) {
        this.ports = ports;
        this.closing = closing;
    }

    static Side ofMemcached(int port) {
        return new Side(List.of(port), EnumSet.of(Ending.CLOSED, Ending.REFUSED));
    }

    static Side ofRingleader(List<Integer> ports) {
        return new Side(ports, EnumSet.of(Ending.CLOSED));
    }

    private TextClient open(Map<Line, TextClient> connections, Line line) throws IOException {
        TextClient client = connections.get(line);
        if (client == null) {
            client = new TextClient(line.port, PATIENCE);
            connections.put(line, client);
        }
        return client;
    }

    private boolean isMemcached() {
        return closing.contains(Ending.REFUSED);
    }

    private Line line(int packetNumber, Packet packet) {
        return new Line(ports.get(packetNumber % ports.size()), Dialect.of(packet));
    }

    void send(int packetNumber, Packet packet) throws IOException {
        Line line = line(packetNumber, packet);
        TextClient client = open(clients, line);
        if (isMemcached() && line.dialect == Dialect.TEXT) {
            // Difference.CAS_IDS_GROW: the first store may have an old CAS id
            client.set("~~", "");
        }
        ByteArrayOutputStream pending = new ByteArrayOutputStream();
        for (String command : packet.commands()) {
            List<byte[]> parts = Script.parts(command, key -> casByKey.getOrDefault(key, NO_CAS));
            for (int i = 0; i < parts.size(); i++) {
                if (i > 0) {
                    client.send(pending.toByteArray());
                    pending.reset();
                    open(witnesses, new Line(line.port, Dialect.TEXT)).command("version");
                }
                pending.writeBytes(parts.get(i));
            }
        }
        client.send(pending.toByteArray());
        if (!closing.contains(packet.ending())) {
            client.send(line.dialect.last(packet));
        }
    }

    List<Answer> receive(int packetNumber, Packet packet) throws IOException {
        Line line = line(packetNumber, packet);
        List<Answer> answers =
                closing.contains(packet.ending()) ? readToEnd(line) : line.dialect.readToLast(open(clients, line));
        answers.forEach(answer -> answer.toldCas().ifPresent(told -> casByKey.put(told.key(), told.cas())));
        return answers;
    }

    private List<Answer> readToEnd(Line line) throws IOException {
        List<Answer> answers = new ArrayList<>();
        try (TextClient client = clients.remove(line)) {
            client.waitAtMost(CLOSING);
            while (true) {
                answers.add(line.dialect.read(client));
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
