package io.ringleader.sim.workload;

import io.ringleader.linearizability.Command;
import io.ringleader.sim.SimCluster;
import io.ringleader.sim.workload.Request.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** When all is over: asks every node for every key. The answers belong to the history like any other. */
final class FinalReads implements Conversation.Listener {
    private static final int KEYS_AT_ONCE = 20;
    private static final int ANSWER_BYTES_MAX = 128 << 10;

    private final SimCluster cluster;
    private final Journal journal;
    private final List<Key> keys;
    private final int firstClient;
    private final int keysAtOnce;

    FinalReads(SimCluster cluster, Mix mix, Journal journal, List<Key> keys, int firstClient) {
        this.cluster = cluster;
        this.journal = journal;
        this.keys = keys;
        this.firstClient = firstClient;
        keysAtOnce = Math.max(1, Math.min(KEYS_AT_ONCE, ANSWER_BYTES_MAX / mix.itemMaxBytes()));
    }

    void readAll(int node) {
        Conversation conversation = new Conversation(Dialect.TEXT, this);
        cluster.connect(node, conversation);
        await(conversation::isOpen, "node " + node + " takes connections");
        for (int from = 0; from < keys.size(); from += keysAtOnce) {
            List<Key> some = keys.subList(from, Math.min(keys.size(), from + keysAtOnce));
            String names = some.stream().map(Key::toString).collect(Collectors.joining(" "));
            Request request = new Request(
                    Kind.GETS.toString(), some, Command.get(), "gets " + names + "\r\n", Form.VALUES, null, false);
            int[] operations = journal.asks(firstClient + node, request);
            conversation.send(List.of(new Sent(request, operations, cluster.nowMillis(), 0)));
            await(() -> conversation.waiting().isEmpty(), "node " + node + " answers " + Dialect.describe(request));
        }
        conversation.breakOff();
    }

    private void await(BooleanSupplier condition, String what) {
        cluster.runUntil(condition, 3 * cluster.config().timeouts().commandTimeoutMillis(), what);
    }

    @Override
    public void answered(Sent sent, List<Heard> heard) {
        for (Heard each : heard) {
            if (!each.isKnown()) {
                throw cluster.failure("All nodes are up, but there is no answer to " + sent, null);
            }
        }
        journal.hears(sent.request(), sent.operations(), new ArrayList<>(heard));
    }
}
