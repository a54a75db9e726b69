package io.ringleader.raft;

/**
 * A node's part in a group as one data directory holds it. A directory that was lost is followed by another one, which knows
 * nothing of the votes and acknowledgements of the first: to the others it is another replica that has the same node id.
 *
 * <p>As something {@link Durable}: of the node itself, who it is and whether it may vote; of another node, the newest of its
 * directories that is known, so that older ones count no more. Each message says from which replica it comes.
 *
 * @param node its id
 * @param generation 1 for the first directory of the node, more for each that took the place of another
 * @param identity random, chosen when the directory was new; tells apart two directories that took the same generation
 * @param voter whether it votes and is counted: it knows all that it, or a directory before it, has promised. In what is
 *     remembered of other nodes always false
 */
public record Replica(int node, int generation, long identity, boolean voter) implements Durable {
    public Replica {
        if (node < 1 || generation < 1) {
            throw new IllegalArgumentException(
                    "A replica has a node id and a generation of at least 1, but here they are " + node + " and "
                            + generation + ".");
        }
    }

    public boolean isSameDirectory(Replica other) {
        return node == other.node && generation == other.generation && identity == other.identity;
    }

    public Replica withVoter(boolean votes) {
        return new Replica(node, generation, identity, votes);
    }

    @Override
    public String toString() {
        return node + "#" + generation + ":" + Long.toHexString(identity) + (voter ? "" : " (no voter)");
    }
}
