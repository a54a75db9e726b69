package io.ringleader.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes down what nodes do, a line for each thing. */
final class Trace implements NodeEvents {
    private final List<String> lines = new ArrayList<>();

    void add(String line) {
        lines.add(line);
    }

    /** Several entries in a row share a line. */
    private void addTo(String start, Entry entry) {
        int last = lines.size() - 1;
        String text = " " + entry.index() + "@" + entry.term();
        if (last >= 0
                && lines.get(last).startsWith(start + " ")
                && lines.get(last).contains("@")) {
            lines.set(last, lines.get(last) + text);
        } else {
            add(start + text);
        }
    }

    List<String> take() {
        List<String> taken = List.copyOf(lines);
        lines.clear();
        return taken;
    }

    @Override
    public void sent(TestNode node, Message message) {
        add("  " + MessageText.of(message));
    }

    @Override
    public void sentToSelf(TestNode node, Message message) {
        add("  " + MessageText.of(message));
    }

    @Override
    public void durable(TestNode node, Durable durable) {
        if (durable instanceof HardState state) {
            add(node.id + " has on disk: term " + state.term()
                    + (state.votedFor() == HardState.NOBODY ? ", no vote" : ", vote for " + state.votedFor()));
        } else if (durable instanceof Entry entry) {
            addTo(node.id + " has on disk:", entry);
        } else if (durable instanceof Replica replica) {
            add(node.id + " has on disk: " + MessageText.replica(replica) + (replica.voter() ? ", votes" : ""));
        } else {
            add(node.id + " has on disk: snapshot " + durable);
        }
    }

    @Override
    public void applied(TestNode node, Entry entry) {
        addTo(node.id + " applies", entry);
    }

    @Override
    public void restored(TestNode node, SnapshotPoint snapshot) {
        add(node.id + " restores snapshot " + snapshot);
    }

    @Override
    public void roleChanged(TestNode node, Effects.RoleChange change) {
        String role = change.role().name().toLowerCase(Locale.ROOT).replace('_', '-');
        add(node.id + " is " + role + " in term " + change.term() + ": " + change.reason());
    }

    @Override
    public void readServed(TestNode node, Effects.Read read) {
        add(node.id + " serves read " + read.readId() + " at index " + read.readIndex());
    }

    @Override
    public void readRefused(TestNode node, long readId) {
        add(node.id + " refuses read " + readId);
    }
}
