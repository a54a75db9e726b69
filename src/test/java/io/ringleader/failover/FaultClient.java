package io.ringleader.failover;

import io.ringleader.it.TextClient;
import io.ringleader.namespaces.NamespaceNode;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * A client of one node: counts, appends and reads, one operation at a time and not as fast as it can, and connects again whenever it
 * has lost its connection. A thread of its own runs it.
 */
final class FaultClient {
    /** Longer than the command timeout. */
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    private static final long PAUSE_NANOS = 5_000_000L;
    private static final long RECONNECT_NANOS = 20_000_000L;

    private final int number;
    private final NamespaceNode node;
    private final Ledger ledger;
    private final Random random;
    private final Samples samples = new Samples();
    /** What became of each token it has appended. */
    private final List<Outcome> tokens = new ArrayList<>();

    private TextClient connection;
    private volatile boolean stopping;

    FaultClient(int number, NamespaceNode node, Ledger ledger) {
        this.number = number;
        this.node = node;
        this.ledger = ledger;
        random = new Random(number);
    }

    int number() {
        return number;
    }

    int node() {
        return node.id();
    }

    Samples samples() {
        return samples;
    }

    /** When it has stopped. */
    List<Outcome> tokens() {
        return tokens;
    }

    void stop() {
        stopping = true;
    }

    void run() {
        while (!stopping) {
            long startNanos = System.nanoTime();
            if (!isConnected()) {
                samples.add(startNanos, Outcome.NO_CONNECTION);
                LockSupport.parkNanos(RECONNECT_NANOS);
                continue;
            }
            samples.add(startNanos, operation());
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        disconnect();
    }

    private boolean isConnected() {
        if (connection == null) {
            try {
                connection = new TextClient(node.clientAddress(), PATIENCE);
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }

    private void disconnect() {
        if (connection != null) {
            try {
                connection.close();
            } catch (IOException e) {
                // it is gone anyway
            }
            connection = null;
        }
    }

    private Outcome operation() {
        int counter = random.nextInt(Ledger.COUNTERS);
        return switch (random.nextInt(4)) {
            case 0 -> append();
            case 1 -> read(counter);
            default -> increment(counter);
        };
    }

    private Outcome increment(int counter) {
        long floor = ledger.floor(counter);
        String[] answer = new String[1];
        Outcome outcome = ask(() -> {
            answer[0] = connection.command("incr " + ledger.counterKey(counter) + " 1");
            return answer[0].matches("\\d+") ? Outcome.DONE : Outcome.ofError(answer[0]);
        });
        if (outcome == Outcome.DONE) {
            ledger.incremented(counter, floor, Long.parseLong(answer[0]));
        } else if (outcome.mayHaveEffect) {
            ledger.incrementUnknown(counter);
        }
        return outcome;
    }

    private Outcome read(int counter) {
        long floor = ledger.floor(counter);
        return ask(() -> {
            String line = connection.command("get " + ledger.counterKey(counter));
            if (!line.startsWith("VALUE ")) {
                return Outcome.ofError(line);
            }
            long value = Long.parseLong(connection.line().strip());
            connection.line();
            ledger.seen(counter, floor, value);
            return Outcome.DONE;
        });
    }

    private Outcome append() {
        int token = tokens.size();
        String key = ledger.listKey(number, token);
        if (token % Ledger.TOKENS_PER_LIST == 0) {
            // may be repeated, even by an answer that comes late: it changes nothing that is there
            Outcome made = ask(() -> stored(connection.store("add", key, ""), "STORED", "NOT_STORED"));
            if (made != Outcome.DONE) {
                return made;
            }
        }
        Outcome outcome = ask(() -> stored(connection.store("append", key, Ledger.token(number, token)), "STORED"));
        tokens.add(outcome);
        return outcome;
    }

    private static Outcome stored(String answer, String... good) {
        return List.of(good).contains(answer) ? Outcome.DONE : Outcome.ofError(answer);
    }

    private interface Question {
        Outcome ask() throws IOException;
    }

    private Outcome ask(Question question) {
        if (connection == null) {
            return Outcome.NO_CONNECTION;
        }
        try {
            return question.ask();
        } catch (SocketTimeoutException e) {
            disconnect();
            return Outcome.NO_ANSWER;
        } catch (IOException e) {
            disconnect();
            return Outcome.CONNECTION_LOST;
        }
    }
}
