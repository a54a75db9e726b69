package io.ringleader.namespaces;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/** The way of packets from one node to another; the way back is another link. Ids of nodes. */
public record Link(int from, int to) {
    public Link {
        if (from == to) {
            throw new IllegalArgumentException("Node " + from + " has no link to itself.");
        }
    }

    public Link reversed() {
        return new Link(to, from);
    }

    /** From each of some nodes to each of others; a node in both has no link to itself. */
    public static Set<Link> oneWay(Collection<Integer> from, Collection<Integer> to) {
        Set<Link> links = new LinkedHashSet<>();
        for (int source : from) {
            for (int target : to) {
                if (source != target) {
                    links.add(new Link(source, target));
                }
            }
        }
        return links;
    }

    /** Both ways between each of some nodes and each of others. */
    public static Set<Link> between(Collection<Integer> some, Collection<Integer> others) {
        Set<Link> links = oneWay(some, others);
        links.addAll(oneWay(others, some));
        return links;
    }

    @Override
    public String toString() {
        return from + "->" + to;
    }
}
