package io.ringleader.node;

import io.ringleader.memcached.Replies;
import io.ringleader.memcached.Reply;
import io.ringleader.store.ByteWriter;
import io.ringleader.store.ResultReader;
import java.util.Arrays;

/**
 * The answers one connection waits for, in the order of its requests: a ring of slots that are reused. A slot is filled
 * whenever its result comes; answers leave from the front. Owned by the client loop.
 */
final class ReplyQueue {
    private static final int INITIAL_SLOTS = 16;
    /** A result keeps the array it came in if it is at least this part of it. */
    private static final int KEPT_SHARE = 4;

    /** Hears of each result as its answer leaves, for the statistics. */
    interface Observer {
        void onReply(Reply reply, byte resultCode);
    }

    private static final class Slot {
        /** Null for a line that is no answer to a command on a key. */
        Reply reply;

        boolean endsKeys;
        /** More than one for a command that goes to every partition. */
        int expectedResults;
        /** Results that are still missing. */
        int missing;
        /** Partitions in which it could not be done, why, and whether nobody knows of one of them. */
        int failed;

        String failure;
        boolean uncertain;
        /** An encoded result at [offset, end), or a finished line when {@code isLine}. */
        byte[] bytes;

        int offset;
        int end;
        boolean isLine;

        /** Of the result; 0 if there is none, or a line. */
        int length() {
            return bytes == null || isLine ? 0 : end - offset;
        }
    }

    private Slot[] slots = newSlots(INITIAL_SLOTS);
    private long head;
    private long tail;
    /** A key of the get at the front has failed: its error ends the answer, so its other keys and its END are left out. */
    private boolean skippingToEnd;

    private long heldBytes;

    private final ResultReader result = new ResultReader();

    private static Slot[] newSlots(int count) {
        Slot[] slots = new Slot[count];
        for (int i = 0; i < count; i++) {
            slots[i] = new Slot();
        }
        return slots;
    }

    int size() {
        return (int) (tail - head);
    }

    /** A slot for the answer to a command. */
    long add(Reply reply, int expectedResults) {
        Slot slot = append();
        slot.reply = reply;
        slot.expectedResults = expectedResults;
        slot.missing = expectedResults;
        return tail - 1;
    }

    /** An answer that is known already. */
    void addLine(byte[] line) {
        Slot slot = append();
        slot.bytes = line;
        slot.isLine = true;
    }

    /** A line that will be known later; {@link #line} brings it. */
    long addPendingLine() {
        Slot slot = append();
        slot.missing = 1;
        return tail - 1;
    }

    void addEndOfKeys() {
        addLine(Replies.END);
        slot(tail - 1).endsKeys = true;
    }

    private Slot append() {
        if (size() == slots.length) {
            grow();
        }
        Slot slot = slot(tail++);
        slot.reply = null;
        slot.endsKeys = false;
        slot.missing = 0;
        slot.failed = 0;
        slot.failure = null;
        slot.uncertain = false;
        slot.bytes = null;
        slot.isLine = false;
        return slot;
    }

    private void grow() {
        Slot[] larger = newSlots(slots.length * 2);
        for (long i = head; i < tail; i++) {
            larger[(int) (i & (larger.length - 1))] = slot(i);
        }
        slots = larger;
    }

    private Slot slot(long number) {
        return slots[(int) (number & (slots.length - 1))];
    }

    /** A result has come for the slot. The bytes may be kept. */
    void result(long number, byte[] bytes, int offset, int end) {
        Slot slot = slot(number);
        if (!slot.isLine) {
            int length = end - offset;
            heldBytes += length - slot.length();
            // An answer that has to wait must not keep a large array alive for the sake of a few bytes in it.
            boolean copied = number != head && length < bytes.length / KEPT_SHARE;
            slot.bytes = copied ? Arrays.copyOfRange(bytes, offset, end) : bytes;
            slot.offset = copied ? 0 : offset;
            slot.end = copied ? length : end;
        }
        oneLess(slot);
    }

    /** Bytes of results whose answers cannot leave yet, or have not left. */
    long heldBytes() {
        return heldBytes;
    }

    /** Whether the answer in the slot is the next one to leave. */
    boolean isFront(long number) {
        return number == head;
    }

    /** The answer that leaves next, which may not be there yet. */
    long frontSlot() {
        return head;
    }

    /** What the slot waited for became this line. */
    void line(long number, byte[] line) {
        Slot slot = slot(number);
        slot.missing--;
        heldBytes -= slot.length();
        slot.bytes = line;
        slot.isLine = true;
    }

    /** The command of the slot could not be done in a partition; or, if uncertain, nobody knows whether it was. */
    void fail(long number, String reason, boolean uncertain) {
        Slot slot = slot(number);
        heldBytes -= slot.length();
        slot.isLine = true;
        slot.bytes = null;
        slot.failed++;
        if (slot.failure == null || (uncertain && !slot.uncertain)) {
            slot.failure = reason;
        }
        slot.uncertain |= uncertain;
        oneLess(slot);
    }

    /** When nothing is missing any more, a failure outweighs what other partitions have done; but it must not be denied. */
    private static void oneLess(Slot slot) {
        slot.missing--;
        if (slot.missing > 0 || slot.failed == 0) {
            return;
        }
        ByteWriter line = new ByteWriter();
        int done = slot.expectedResults - slot.failed;
        if (done > 0) {
            String partly = "outcome unknown, " + done + " of " + slot.expectedResults + " partitions have done it: ";
            slot.reply.writeUncertain(partly + slot.failure, line);
        } else if (slot.uncertain) {
            slot.reply.writeUncertain(slot.failure, line);
        } else {
            slot.reply.writeFailure(slot.failure, line);
        }
        slot.bytes = line.toByteArray();
    }

    /** How the command of the slot is answered. */
    Reply reply(long number) {
        return slot(number).reply;
    }

    boolean isFrontReady() {
        return head < tail && slot(head).missing == 0;
    }

    /** Writes the answers at the front that are complete, until the writer holds about {@code maxBytes}. */
    void drain(ByteWriter out, int maxBytes, Observer observer) {
        while (isFrontReady() && out.length() < maxBytes) {
            Slot slot = slot(head++);
            write(slot, out, observer);
            heldBytes -= slot.length();
            slot.bytes = null;
        }
    }

    private void write(Slot slot, ByteWriter out, Observer observer) {
        if (skippingToEnd) {
            skippingToEnd = !slot.endsKeys;
        } else if (slot.isLine) {
            out.putBytes(slot.bytes, 0, slot.bytes.length);
            skippingToEnd = slot.reply != null && slot.reply.isPart();
        } else {
            result.reset(slot.bytes, slot.offset, slot.end - slot.offset);
            result.next();
            skippingToEnd = !slot.reply.write(result, out);
            observer.onReply(slot.reply, result.code());
        }
    }
}
