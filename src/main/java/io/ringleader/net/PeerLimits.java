package io.ringleader.net;

/**
 * How much the peers may use, and how long they may be silent.
 *
 * @param frameMaxBytes of one frame, at least 1
 * @param backlogMaxBytes that may wait for one peer, at least one frame with its header; frames beyond are dropped
 * @param handshakeTimeoutNanos for a connection to say who it is
 * @param pingIntervalNanos between two signs of life on the connection to a peer, whatever else it carries: so the peer
 *     knows that this node's loop is not stuck
 * @param livenessTimeoutNanos of silence after which a connection is given up; at least two pings
 * @param silenceNanos after which a node counts as not {@linkplain Peers.Handler#onReach reached}; at least one ping
 * @param reconnectMinNanos first pause before dialling again, about
 * @param reconnectMaxNanos longest pause
 */
public record PeerLimits(
        int frameMaxBytes,
        long backlogMaxBytes,
        long handshakeTimeoutNanos,
        long pingIntervalNanos,
        long livenessTimeoutNanos,
        long silenceNanos,
        long reconnectMinNanos,
        long reconnectMaxNanos) {
    private static final long MILLI = 1_000_000;

    public PeerLimits {
        if (frameMaxBytes < 1 || frameMaxBytes > 1 << 29) {
            throw new IllegalArgumentException(
                    "frameMaxBytes must be between 1 and 2^29, but it is " + frameMaxBytes + ".");
        }
        if (backlogMaxBytes < (long) frameMaxBytes + PeerConnection.FRAME_HEADER_BYTES) {
            throw new IllegalArgumentException("backlogMaxBytes must have room for one frame of " + frameMaxBytes
                    + " bytes and its header, but it is " + backlogMaxBytes + ".");
        }
        if (handshakeTimeoutNanos < 1
                || pingIntervalNanos < 1
                || livenessTimeoutNanos < 2 * pingIntervalNanos
                || silenceNanos < pingIntervalNanos) {
            throw new IllegalArgumentException("Timeouts must be positive and the liveness timeout at least two"
                    + " pings long, that of silence one, but they are: handshake " + handshakeTimeoutNanos
                    + " ns, ping "
                    + pingIntervalNanos + " ns, liveness " + livenessTimeoutNanos + " ns, silence " + silenceNanos
                    + " ns.");
        }
        if (reconnectMinNanos < 2 || reconnectMaxNanos < reconnectMinNanos) {
            throw new IllegalArgumentException("Pauses before dialling again must be positive and ordered, but they"
                    + " are " + reconnectMinNanos + " to " + reconnectMaxNanos + " ns.");
        }
    }

    /**
     * Handshake within 5 s, dialled again after 50 ms to 1 s. A connection is given up when it has been silent for half as
     * long again as anybody waits for a leader, so that requests find another way soon.
     */
    public static PeerLimits of(
            int frameMaxBytes,
            long backlogMaxBytes,
            long pingIntervalNanos,
            long silenceNanos,
            long electionTimeoutMaxNanos) {
        return new PeerLimits(
                frameMaxBytes,
                backlogMaxBytes,
                5_000 * MILLI,
                pingIntervalNanos,
                electionTimeoutMaxNanos * 3 / 2,
                silenceNanos,
                50 * MILLI,
                1_000 * MILLI);
    }
}
