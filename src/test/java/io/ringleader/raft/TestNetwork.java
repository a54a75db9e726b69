package io.ringleader.raft;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Messages in flight, in the order of sending, and the links that are cut or clogged, each in one direction. */
final class TestNetwork {
    private record Link(int from, int to) {}

    private final List<Message> inFlight = new ArrayList<>();
    private final Set<Link> cut = new HashSet<>();
    private final Set<Link> clogged = new HashSet<>();

    /** A message into a cut link is lost. */
    void send(Message message) {
        if (!isCut(message.from(), message.to())) {
            inFlight.add(message);
        }
    }

    List<Message> inFlight() {
        return inFlight;
    }

    boolean isCut(int from, int to) {
        return cut.contains(new Link(from, to));
    }

    /** Whether what is sent now arrives without being late. */
    boolean isOpen(int from, int to) {
        return !isCut(from, to) && !clogged.contains(new Link(from, to));
    }

    /** Also loses what is in flight on the link. */
    void cut(int from, int to) {
        cut.add(new Link(from, to));
        inFlight.removeIf(message -> message.from() == from && message.to() == to);
    }

    /** What is in flight on the link, and comes to be, arrives only after it is healed: late, but not lost. */
    void clog(int from, int to) {
        clogged.add(new Link(from, to));
    }

    /** What is not on a clogged link. */
    List<Message> deliverable() {
        return clogged.isEmpty()
                ? inFlight
                : inFlight.stream()
                        .filter(message -> !clogged.contains(new Link(message.from(), message.to())))
                        .toList();
    }

    void healAll() {
        cut.clear();
        clogged.clear();
    }

    /** Loses everything to a node. */
    void loseTo(int node) {
        inFlight.removeIf(message -> message.to() == node);
    }

    /** Loses everything from and to a node that crashed. */
    void lose(int node) {
        inFlight.removeIf(message -> message.from() == node || message.to() == node);
    }
}
