package io.ringleader.jepsen;

import io.ringleader.it.TextClient;
import io.ringleader.linearizability.Operation.Outcome;
import io.ringleader.namespaces.NamespaceNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** When all is healed: asks every node for every key. The answers belong to the history like any other. Used by one thread. */
final class FinalReads {
    private static final int KEYS_AT_ONCE = 15;
    private static final long RETRY_NANOS = 100_000_000L;

    private final Journal journal;
    private final Duration limit;

    /** @param limit for the reads of one node; there must be answers by then */
    FinalReads(Journal journal, Duration limit) {
        this.journal = journal;
        this.limit = limit;
    }

    /** @return keys that could not be read in time */
    List<String> readAll(NamespaceNode node, int client, List<String> keys) {
        long startNanos = System.nanoTime();
        List<String> unread = new ArrayList<>();
        for (int from = 0; from < keys.size(); from += KEYS_AT_ONCE) {
            Request request = Request.read(keys.subList(from, Math.min(keys.size(), from + KEYS_AT_ONCE)));
            while (!read(node, client, request)) {
                if (System.nanoTime() - startNanos > limit.toNanos()) {
                    unread.addAll(request.keys());
                    break;
                }
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
        return unread;
    }

    private boolean read(NamespaceNode node, int client, Request request) {
        int[] ids = journal.asks(client, request);
        try (TextClient connection = new TextClient(node.clientAddress(), Client.PATIENCE)) {
            connection.send(request.text());
            List<Heard> heard = Replies.read(connection, request);
            journal.hears(ids, heard);
            return heard.stream().allMatch(each -> each.outcome() == Outcome.COMPLETED);
        } catch (IOException e) {
            journal.hears(ids, Collections.nCopies(ids.length, Heard.UNKNOWN));
            if (e instanceof Replies.StrangeAnswerException) {
                journal.strangeAnswer(e.getMessage());
            }
            return false;
        }
    }
}
