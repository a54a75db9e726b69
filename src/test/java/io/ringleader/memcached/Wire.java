package io.ringleader.memcached;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Feeds a reader the way a connection does: bytes arrive in pieces, what is not consumed is presented again with more behind
 * it, and in a different array each time. Checks after each call that what the reader says it needs is sound.
 */
final class Wire {
    private static final int OFFSET = 7;

    private final Protocol protocol;
    private final RecordingHandler handler;
    private final Limits limits;
    /** Whether the reader is left alone until what it said it needs is there, or woken for every piece. */
    private final boolean patient;

    private byte[] pending = new byte[0];
    private int needed;

    Wire(Limits limits, RecordingHandler handler, boolean patient) {
        this(limits, new TextProtocol(limits), handler, patient);
    }

    Wire(Limits limits, Protocol protocol, RecordingHandler handler, boolean patient) {
        this.limits = limits;
        this.protocol = protocol;
        this.handler = handler;
        this.patient = patient;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    int needed() {
        return needed;
    }

    int pendingBytes() {
        return pending.length;
    }

    void feed(byte[] source, int from, int to) {
        byte[] joined = new byte[pending.length + to - from];
        System.arraycopy(pending, 0, joined, 0, pending.length);
        System.arraycopy(source, from, joined, pending.length, to - from);
        pending = joined;
        if (patient && pending.length < needed) {
            return;
        }
        look();
    }

    /** Presents what is pending again until the handler has taken all it can. */
    void settle() {
        int refusals;
        do {
            refusals = handler.refusals;
            look();
        } while (handler.refusals > refusals);
    }

    private void look() {
        byte[] array = new byte[OFFSET + pending.length + 3];
        System.arraycopy(pending, 0, array, OFFSET, pending.length);
        ByteBuffer in = ByteBuffer.wrap(array, 3, array.length - 3).slice();
        in.position(OFFSET - 3).limit(OFFSET - 3 + pending.length);
        int refusals = handler.refusals;
        int calls = handler.calls.size();
        needed = protocol.consume(in, handler);
        handler.requireNothingAnnounced();
        byte[] rest = new byte[in.remaining()];
        in.get(rest);
        check(rest.length, handler.refusals > refusals, handler.calls.size() > calls);
        pending = rest;
    }

    private void check(int remaining, boolean refused, boolean called) {
        if (called
                && remaining == pending.length
                && !handler.calls.get(handler.calls.size() - 1).equals("close")) {
            throw new IllegalStateException("Something was called, but nothing consumed: " + handler.calls);
        }
        boolean waitsForBytes = !refused && remaining > 0;
        if (waitsForBytes ? needed <= remaining || needed > limits.requestMaxBytes() : needed != 0) {
            throw new IllegalStateException("The reader left " + remaining + " bytes "
                    + (refused ? "refused" : "unread") + " and says that it needs " + needed + ", with a limit of "
                    + limits.requestMaxBytes() + ".");
        }
    }
}
