package io.ringleader.net;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * One connection to or from a peer: the handshake, then frames {@code u32 length | u32 CRC-32C | bytes}. A frame without bytes
 * is a sign of life and goes no further. Owned by the loop of its {@link Peers}, which it tells what happens.
 */
final class PeerConnection implements ConnectionHandler {
    static final int FRAME_HEADER_BYTES = 8;

    /**
     * How often a connection that the other side dialled, which carries nothing, gives a sign of life in the time after which one is
     * given up.
     */
    private static final int PINGS_PER_LIFETIME = 6;

    private static final byte[] PING = new byte[FRAME_HEADER_BYTES]; // length 0, and the CRC of nothing is 0

    private final Peers owner;
    private final Handshake handshake;
    private final boolean dialled;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer header = ByteBuffer.allocate(FRAME_HEADER_BYTES);

    private Connection connection;
    private boolean established;

    /** Given up by this side: what still comes in is of no interest. */
    private boolean finished;

    private boolean refused;

    /** The owner knows that it is over. */
    private boolean gone;

    private long lastWroteNanos;

    /** When something last came in; before the handshake is over, when it began. */
    private long lastHeardNanos;

    PeerConnection(Peers owner, Handshake handshake, boolean dialled, long nowNanos) {
        this.owner = owner;
        this.handshake = handshake;
        this.dialled = dialled;
        lastHeardNanos = nowNanos;
    }

    boolean isDialled() {
        return dialled;
    }

    boolean isEstablished() {
        return established && !finished;
    }

    /** Whether the handshake was ever completed, also if the connection is over since. */
    boolean wasEstablished() {
        return established;
    }

    /** Whether one of the two sides wanted to have nothing to do with the other. */
    boolean wasRefused() {
        return refused;
    }

    /** The node on the other side; before the handshake is over no more than a claim, or 0. */
    int peer() {
        return handshake.peer();
    }

    String remoteAddress() {
        return connection == null ? "not connected" : connection.remoteAddress();
    }

    // ---------------------------------------------------------------------------------------------------------- input

    @Override
    public void onOpen(Connection opened) {
        connection = opened;
        if (finished) {
            opened.close("it took too long to connect");
        } else if (dialled) {
            write(handshake.opening());
        }
    }

    @Override
    public int onBytes(ByteBuffer in) {
        int needed = 0;
        while (!finished && needed == 0 && in.hasRemaining()) {
            needed = established ? frame(in) : handshake(in);
        }
        if (established) {
            lastHeardNanos = owner.nowNanos();
            owner.heard(this);
        }
        if (finished) {
            in.position(in.limit());
            return 0;
        }
        return needed;
    }

    /** Takes one message of the handshake; returns how many bytes it lacks the rest of, or 0. */
    private int handshake(ByteBuffer in) {
        Handshake.Outcome outcome = handshake.receive(in);
        if (outcome instanceof Handshake.NeedBytes need) {
            return need.bytes();
        }
        if (outcome instanceof Handshake.Reply reply) {
            write(reply.bytes());
        } else if (outcome instanceof Handshake.Done done) {
            write(done.bytes());
            established = true;
            owner.established(this);
        } else if (outcome instanceof Handshake.Refused refusal) {
            write(refusal.bytes());
            finished = true;
            refused = true;
            owner.refused(this, refusal);
            connection.closeAfterOutput();
        }
        return 0;
    }

    /** Takes one frame; returns how many bytes it lacks the rest of, or 0. */
    private int frame(ByteBuffer in) {
        if (in.remaining() < FRAME_HEADER_BYTES) {
            return FRAME_HEADER_BYTES;
        }
        int start = in.position();
        long length = Integer.toUnsignedLong(in.getInt(start));
        if (length > owner.limits().frameMaxBytes()) {
            fail("it announced a frame of " + length + " bytes; the limit is "
                    + owner.limits().frameMaxBytes());
            return 0;
        }
        int frameBytes = FRAME_HEADER_BYTES + (int) length;
        if (in.remaining() < frameBytes) {
            return frameBytes;
        }
        int offset = in.arrayOffset() + start + FRAME_HEADER_BYTES;
        if (crcOf(in.array(), offset, (int) length) != in.getInt(start + 4)) {
            fail("a frame of " + length + " bytes was damaged on the way");
            return 0;
        }
        in.position(start + frameBytes);
        if (length > 0) {
            owner.frame(this, in.array(), offset, (int) length);
        }
        return 0;
    }

    private int crcOf(byte[] bytes, int offset, int length) {
        crc.reset();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }

    // --------------------------------------------------------------------------------------------------------- output

    /** False if it is not established or if more than the limit would be pending. */
    boolean send(byte[] frame, int offset, int length) {
        if (!isEstablished()
                || connection.pendingOutputBytes() + FRAME_HEADER_BYTES + length
                        > owner.limits().backlogMaxBytes()) {
            return false;
        }
        header.clear().putInt(length).putInt(crcOf(frame, offset, length));
        write(header.array());
        connection.write(frame, offset, length);
        return true;
    }

    private void write(byte[] bytes) {
        lastWroteNanos = owner.nowNanos();
        connection.write(bytes, 0, bytes.length);
    }

    // ----------------------------------------------------------------------------------------------------------- time

    /** Gives up what has been silent for too long, and gives a sign of life where nothing else did. */
    void tick(long nowNanos) {
        if (finished) {
            return;
        }
        long silentNanos = nowNanos - lastHeardNanos;
        PeerLimits limits = owner.limits();
        if (!established) {
            if (silentNanos > limits.handshakeTimeoutNanos()) {
                fail("there was no complete handshake within " + limits.handshakeTimeoutNanos() / 1_000_000 + " ms");
            }
        } else if (silentNanos > limits.livenessTimeoutNanos()) {
            fail("nothing was heard for " + limits.livenessTimeoutNanos() / 1_000_000 + " ms");
        } else {
            // Where output is pending, its bytes are the sign of life, as soon as they get through.
            boolean due = dialled || nowNanos - lastWroteNanos >= limits.livenessTimeoutNanos() / PINGS_PER_LIFETIME;
            if (due && connection.pendingOutputBytes() == 0) {
                write(PING);
            }
        }
    }

    /** This node was asleep for so long: the silence of the others meanwhile proves nothing. */
    void forgive(long nanos) {
        lastHeardNanos += nanos;
    }

    // -------------------------------------------------------------------------------------------------------- closing

    void fail(String reason) {
        if (finished) {
            return;
        }
        finished = true;
        if (connection != null) {
            connection.close(reason);
        } else if (dialled) {
            onClosed(reason); // still connecting: it will be closed should it ever open
        }
    }

    @Override
    public void onOutputDrained() {
        // Frames do not wait for room: those for which there is none are dropped as they are sent.
    }

    @Override
    public void onClosed(String reason) {
        finished = true;
        if (!gone) {
            gone = true;
            owner.closed(this, reason);
        }
    }
}
