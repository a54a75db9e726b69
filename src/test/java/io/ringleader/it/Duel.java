package io.ringleader.it;

import io.ringleader.it.Script.Packet;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import net.jqwik.api.Shrinkable;

/** Sends scripts to a memcached and to nodes of Ringleader, and says where their answers part. Used by one thread. */
final class Duel {
    private static final Duration SHRINKING = Duration.ofSeconds(60);

    /** All that scripts use: memcached forgets for good what was flushed only once it is asked for. */
    private static final String KEYS = "a b n missing";

    private final int referencePort;

    Duel(int referencePort) {
        this.referencePort = referencePort;
    }

    /**
     * Begins with empty servers and new connections.
     *
     * @param nodePorts of the nodes that take the packets, one after the other
     * @param hintsAgree whether one node serves all that is asked, and so has seen every access
     * @return the first difference, or nothing
     */
    Optional<String> run(Script script, List<Integer> nodePorts, boolean hintsAgree) {
        try (Side reference = Side.ofMemcached(referencePort);
                Side ours = Side.ofRingleader(nodePorts)) {
            empty(referencePort);
            empty(nodePorts.get(0));
            AnswerComparison comparison = new AnswerComparison(hintsAgree);
            for (int number = 0; number < script.packets().size(); number++) {
                Packet packet = script.packets().get(number);
                reference.send(number, packet);
                ours.send(number, packet);
                List<Answer> expected = Difference.withoutClosing(
                        packet, Difference.withoutStrayLines(receive("memcached", reference, number, packet)));
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
            client.getAll(KEYS);
        }
    }

    /** The smallest script that was found within a time for which the check still holds. */
    static Shrinkable<Script> shrink(Shrinkable<Script> script, Predicate<Script> stillFails) {
        Shrinkable<Script> smallest = script;
        long startNanos = System.nanoTime();
        boolean shrunk = true;
        while (shrunk) {
            shrunk = false;
            Iterator<Shrinkable<Script>> smaller = smallest.shrink().iterator();
            while (!shrunk && smaller.hasNext()) {
                if (System.nanoTime() - startNanos > SHRINKING.toNanos()) {
                    return smallest;
                }
                Shrinkable<Script> next = smaller.next();
                if (next.compareTo(smallest) < 0 && stillFails.test(next.value())) {
                    smallest = next;
                    shrunk = true;
                }
            }
        }
        return smallest;
    }
}
