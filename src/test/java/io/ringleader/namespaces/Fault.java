package io.ringleader.namespaces;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Something that is done to a {@link NamespaceCluster} and undone later. Faults of links concern peers only: clients outside of the
 * namespaces reach every node all the time.
 */
public sealed interface Fault {
    /** Packets vanish in silence, as if a cable were cut: no refusal, no reset. */
    record Cut(Set<Link> links) implements Fault {
        public Cut {
            links = Set.copyOf(links);
        }
    }

    /** So many of a hundred packets vanish, at random. */
    record Loss(Set<Link> links, int percent) implements Fault {
        public Loss {
            links = Set.copyOf(links);
            if (percent < 1 || percent > 100) {
                throw new IllegalArgumentException(percent + " % of packets cannot be lost.");
            }
        }
    }

    /** Everything a node sends is late, to clients as well. */
    record Delay(int node, int millis) implements Fault {}

    /** SIGKILL; undone by a start. */
    record Killed(int node) implements Fault {}

    /** SIGTERM, until the process is gone; undone by a start. */
    record Stopped(int node) implements Fault {}

    /** SIGSTOP; undone by SIGCONT. */
    record Paused(int node) implements Fault {}

    /** Packets from some nodes do not reach others; those of the way back do. */
    static Cut oneWay(Collection<Integer> from, Collection<Integer> to) {
        return new Cut(Link.oneWay(from, to));
    }

    /** Two nodes do not hear each other; all others hear both. */
    static Cut partial(int one, int other) {
        return new Cut(Link.between(List.of(one), List.of(other)));
    }

    /** Nobody of one side hears anybody of the other. A node that is cut off alone is a side of its own. */
    static Cut split(Collection<Integer> one, Collection<Integer> other) {
        return new Cut(Link.between(one, other));
    }
}
