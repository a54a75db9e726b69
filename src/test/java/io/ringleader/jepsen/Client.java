package io.ringleader.jepsen;

import io.ringleader.it.TextClient;
import io.ringleader.namespaces.NamespaceNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** One client of a run. A thread of its own runs it; any may stop it. */
final class Client {
    /** Longer than the command timeout of the nodes. */
    static final Duration PATIENCE = Duration.ofMillis(3_500);

    private static final long PAUSE_NANOS = 20_000_000L;
    private static final long RECONNECT_NANOS = 50_000_000L;
    private static final int PIPELINE_MAX = 5;

    /** @param roams whether it goes to another node when it has lost its connection, and not to the same */
    record Habits(boolean roams, boolean pipelines) {}

    private final int number;
    private final List<NamespaceNode> nodes;
    private final Habits habits;
    private final Workload workload;
    private final Workload.Memory memory = new Workload.Memory();
    private final Journal journal;
    private final Random random;
    private int at;
    private TextClient connection;
    private volatile boolean stopping;

    /** @param firstNode place in the list of the node that it begins with */
    Client(
            int number,
            List<NamespaceNode> nodes,
            int firstNode,
            Habits habits,
            Workload workload,
            Journal journal,
            Random random) {
        this.number = number;
        this.nodes = nodes;
        at = firstNode;
        this.habits = habits;
        this.workload = workload;
        this.journal = journal;
        this.random = random;
    }

    void stop() {
        stopping = true;
    }

    void run() {
        while (!stopping) {
            if (connection == null && !connect()) {
                LockSupport.parkNanos(RECONNECT_NANOS);
                continue;
            }
            int count = habits.pipelines() ? 1 + random.nextInt(PIPELINE_MAX) : 1;
            List<Request> requests = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                requests.add(workload.next(random, memory));
            }
            ask(requests);
            LockSupport.parkNanos((long) (2 * PAUSE_NANOS * count * random.nextDouble()));
        }
        disconnect();
    }

    private boolean connect() {
        try {
            connection = new TextClient(nodes.get(at).clientAddress(), PATIENCE);
            return true;
        } catch (IOException e) {
            moveOn();
            return false;
        }
    }

    private void moveOn() {
        if (habits.roams()) {
            at = (at + 1 + random.nextInt(nodes.size() - 1)) % nodes.size();
        }
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

    private void ask(List<Request> requests) {
        List<int[]> ids = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (Request request : requests) {
            ids.add(journal.asks(number, request));
            text.append(request.text());
        }
        int answered = 0;
        try {
            connection.send(text.toString());
            for (Request request : requests) {
                hear(request, ids.get(answered), Replies.read(connection, request));
                answered++;
            }
        } catch (Replies.StrangeAnswerException e) {
            journal.strangeAnswer(e.getMessage());
            giveUp(requests, ids, answered);
        } catch (IOException e) {
            giveUp(requests, ids, answered);
        }
    }

    /** No connection, no answers: nobody knows what became of the rest. */
    private void giveUp(List<Request> requests, List<int[]> ids, int answered) {
        for (int i = answered; i < requests.size(); i++) {
            hear(
                    requests.get(i),
                    ids.get(i),
                    Collections.nCopies(requests.get(i).operations(), Heard.UNKNOWN));
        }
        disconnect();
        moveOn();
    }

    private void hear(Request request, int[] ids, List<Heard> heard) {
        journal.hears(ids, heard);
        workload.heard(request, heard, memory);
    }
}
