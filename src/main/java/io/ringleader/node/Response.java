package io.ringleader.node;

import io.ringleader.raft.HardState;

/**
 * The answer to a {@link Request}.
 *
 * @param leader with {@link Status#NOT_LEADER}, who does as far as the answering node knows
 * @param answered how many of the commands were answered: all of a write, at least the first of a read
 * @param results one result per answered command
 */
record Response(long requestId, Status status, int leader, int answered, byte[] results) {
    private static final byte[] NONE = new byte[0];

    /** The codes are on the wire and never change. */
    enum Status {
        /** Done: applied (perhaps by an earlier attempt), or read. */
        OK,
        /** Not done by this attempt; ask the leader. */
        NOT_LEADER,
        /** The leader took the batch into its log and then lost its leadership: it may or may not be applied. */
        LOST,
        /** Not sent: there is no connection to that node. */
        UNREACHABLE,
        /** Not done: too much waits to be committed, or for the disk of the leader. */
        BUSY,
        /** Not done: a newer batch, or a newer incarnation of the node, has been applied already. */
        STALE,
        /** Not done: the batch is malformed. */
        REFUSED,
        /** Not done: the leader's disk is full. */
        DISK_FULL,
        /** Done, but the results do not fit into a frame. */
        TOO_LARGE;

        private static final Status[] VALUES = values();

        static Status ofCode(int code) {
            if (code < 0 || code >= VALUES.length) {
                throw new IllegalArgumentException("No response status has the code " + code + ".");
            }
            return VALUES[code];
        }
    }

    static Response ok(long requestId, int answered, byte[] results) {
        return new Response(requestId, Status.OK, HardState.NOBODY, answered, results);
    }

    static Response failed(long requestId, Status status) {
        return new Response(requestId, status, HardState.NOBODY, 0, NONE);
    }

    static Response notLeader(long requestId, int leader) {
        return new Response(requestId, Status.NOT_LEADER, leader, 0, NONE);
    }
}
