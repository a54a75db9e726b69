package io.ringleader.it;

import io.ringleader.it.Script.Packet;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Sends scripts to a memcached and to nodes of Ringleader, and says where their answers part. Used by one thread. */
final class Duel {
    private static final Duration SHRINKING = Duration.ofSeconds(60);

    private final int referencePort;
    private final List<Integer> nodePorts;

    Duel(int referencePort, List<Integer> nodePorts) {
        this.referencePort = referencePort;
        this.nodePorts = nodePorts;
    }

    /**
     * Begins with empty servers and new connections.
     *
     * @param firstNode takes the first packet, by its place in the list; each further packet goes to the next node
     * @return the first difference, or nothing
     */
    Optional<String> run(Script script, int firstNode) {
        try (Side reference = new Side(List.of(referencePort), 0);
                Side ours = new Side(nodePorts, firstNode)) {
            empty(referencePort);
            empty(nodePorts.get(0));
            AnswerComparison comparison = new AnswerComparison();
            for (int number = 0; number < script.packets().size(); number++) {
                Packet packet = script.packets().get(number);
                reference.send(number, packet);
                ours.send(number, packet);
                List<Answer> expected =
                        Difference.withoutStrayLines(packet, receive("memcached", reference, number, packet));
                List<Answer> actual = receive("Ringleader", ours, number, packet);
                Optional<String> wrong = comparison.compare(expected, actual);
                if (wrong.isPresent()) {
                    return Optional.of("packet " + (number + 1) + ", " + wrong.get() + "\n  memcached:  " + expected
                            + "\n  Ringleader: " + actual);
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e.getMessage());
        }
    }

    private static List<Answer> receive(String name, Side side, int number, Packet packet) throws IOException {
        try {
            return side.receive(number, packet);
        } catch (IOException e) {
            throw new IOException("packet " + (number + 1) + ", " + name + ": " + e.getMessage(), e);
        }
    }

    private static void empty(int port) throws IOException {
        try (TextClient client = new TextClient(port)) {
            client.command("flush_all");
        }
    }

    /** The smallest script found, by leaving out packets, commands and pauses, for which the check still holds. */
    static Script shrink(Script script, Function<Script, Boolean> stillFails) {
        Script smallest = script;
        boolean shrunk = true;
        long startNanos = System.nanoTime();
        while (shrunk) {
            shrunk = false;
            for (Script smaller : smallerThan(smallest)) {
                if (System.nanoTime() - startNanos > SHRINKING.toNanos()) {
                    return smallest;
                }
                if (stillFails.apply(smaller)) {
                    smallest = smaller;
                    shrunk = true;
                    break;
                }
            }
        }
        return smallest;
    }

    /** The boldest first. */
    private static List<Script> smallerThan(Script script) {
        List<Script> smaller = new ArrayList<>();
        List<Packet> packets = script.packets();
        for (int length = packets.size() / 2; length >= 1; length /= 2) {
            for (int from = 0; from + length <= packets.size(); from += length) {
                List<Packet> rest = new ArrayList<>(packets);
                rest.subList(from, from + length).clear();
                smaller.add(new Script(rest));
            }
        }
        for (int number = 0; number < packets.size(); number++) {
            Packet packet = packets.get(number);
            List<String> commands = packet.commands();
            for (int i = 0; i < commands.size() && commands.size() > 1; i++) {
                List<String> rest = new ArrayList<>(commands);
                rest.remove(i);
                smaller.add(with(script, number, rest));
            }
            for (int i = 0; i < commands.size(); i++) {
                String unbroken = commands.get(i).replace("\\|", "");
                if (!unbroken.equals(commands.get(i))) {
                    List<String> changed = new ArrayList<>(commands);
                    changed.set(i, unbroken);
                    smaller.add(with(script, number, changed));
                }
            }
        }
        return smaller;
    }

    private static Script with(Script script, int number, List<String> commands) {
        List<Packet> packets = new ArrayList<>(script.packets());
        packets.set(number, new Packet(commands, packets.get(number).closing()));
        return new Script(packets);
    }
}
