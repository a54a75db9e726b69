package io.ringleader.memcached;

import io.ringleader.memcached.RequestHandler.Kind;
import io.ringleader.store.ByteWriter;
import io.ringleader.store.CommandWriter;
import io.ringleader.store.ItemCommand;
import io.ringleader.store.Op;
import java.util.Arrays;

/**
 * One command, as a view on the input buffer: reused for every request of a connection and valid only during
 * {@link RequestHandler#command}. A field that the operation does not have is 0.
 */
public final class Request {
    Operation op = Operation.GET;
    byte[] buffer = Words.NO_BYTES;

    /** Where the request begins in the buffer; the other offsets count from here, since the buffer moves between calls. */
    int base;

    int keyStart;
    int keyLength;
    int valueStart;
    int valueLength;
    int clientFlags;
    long exptime;
    long cas;
    long delta;
    boolean noreply;
    /** What a meta command wants; null for all others. */
    MetaCommand meta;
    /** A key that does not lie in the buffer as it is; null if it does. */
    byte[] decodedKey;
    /** What the store is to do for a binary command, if it is more than the operation and the fields say; else null. */
    ItemCommand itemCommand;
    /** How a binary command is to be answered; null for all others. */
    Reply reply;

    Request() {}

    void clear(Operation newOp) {
        op = newOp;
        keyStart = 0;
        keyLength = 0;
        valueStart = 0;
        valueLength = 0;
        clientFlags = 0;
        exptime = 0;
        cas = 0;
        delta = 0;
        noreply = false;
        meta = null;
        decodedKey = null;
        itemCommand = null;
        reply = null;
    }

    public Operation op() {
        return op;
    }

    /** The array that the value is in. It belongs to the connection: copy what is to be kept. */
    public byte[] buffer() {
        return buffer;
    }

    /** The array that the key is in, to be copied like {@link #buffer}. */
    public byte[] keyBuffer() {
        return decodedKey == null ? buffer : decodedKey;
    }

    /** Index of the key in {@link #keyBuffer}. */
    public int keyOffset() {
        return decodedKey == null ? base + keyStart : 0;
    }

    /** 1..250; 0 for flush_all. */
    public int keyLength() {
        return keyLength;
    }

    /** Index of the value in {@link #buffer}; set, add, replace, append, prepend, cas. */
    public int valueOffset() {
        return base + valueStart;
    }

    /** Bytes of the value, 0..itemMaxBytes. */
    public int valueLength() {
        return valueLength;
    }

    /** Opaque to the server, unsigned; the storage commands. Append and prepend carry it but keep the stored one. */
    public int clientFlags() {
        return clientFlags;
    }

    /**
     * As sent, a signed 32-bit number: 0 never, 1..2592000 seconds from now, above that seconds since 1970, negative at once.
     * For flush_all it is the delay in the same form, where 0 or less is at once. Storage commands, touch, gat, gats, flush_all.
     */
    public long exptime() {
        return exptime;
    }

    /** The cas id to compare with, unsigned; cas. */
    public long cas() {
        return cas;
    }

    /** Unsigned; incr, decr. */
    public long delta() {
        return delta;
    }

    /** No answer is wanted, not even an error. */
    public boolean noreply() {
        return noreply;
    }

    /** What it needs from the store. */
    public Kind kind() {
        if (meta == null) {
            return op.kind();
        }
        return meta.isRead() ? Kind.READ : Kind.WRITE;
    }

    /** Whether it must go through the log. */
    public boolean isWrite() {
        return kind() == Kind.WRITE;
    }

    /** Whether it is for all keys and not for one. */
    public boolean isForAllKeys() {
        return op == Operation.FLUSH_ALL;
    }

    /** Whether its result may carry a value. */
    public boolean isRetrieval() {
        return meta == null ? op.isRetrieval() : meta.answersValue();
    }

    /** How it is to be answered. */
    public Reply reply() {
        if (reply != null) {
            return reply;
        }
        return meta == null ? TextReplies.of(op, noreply) : meta;
    }

    byte[] copyOfKey() {
        return Arrays.copyOfRange(keyBuffer(), keyOffset(), keyOffset() + keyLength);
    }

    /** Writes the command for the store. */
    public void encode(ByteWriter out) {
        if (meta != null) {
            meta.encode(this, out);
        } else if (itemCommand == null) {
            encodeClassic(out);
        } else if (itemCommand.op() == Op.STORE) {
            itemCommand.writeTo(out, buffer, keyOffset(), keyLength, buffer, valueOffset(), valueLength);
        } else {
            itemCommand.writeTo(out, buffer, keyOffset(), keyLength);
        }
    }

    private void encodeClassic(ByteWriter out) {
        int key = keyOffset();
        int value = valueOffset();
        switch (op) {
            case GET, GETS -> CommandWriter.get(out, buffer, key, keyLength);
            case GAT, GATS -> CommandWriter.gat(out, buffer, key, keyLength, exptime);
            case SET ->
                CommandWriter.set(out, buffer, key, keyLength, clientFlags, exptime, buffer, value, valueLength);
            case ADD ->
                CommandWriter.add(out, buffer, key, keyLength, clientFlags, exptime, buffer, value, valueLength);
            case REPLACE ->
                CommandWriter.replace(out, buffer, key, keyLength, clientFlags, exptime, buffer, value, valueLength);
            case CAS ->
                CommandWriter.cas(out, buffer, key, keyLength, clientFlags, exptime, cas, buffer, value, valueLength);
            case APPEND -> CommandWriter.append(out, buffer, key, keyLength, buffer, value, valueLength);
            case PREPEND -> CommandWriter.prepend(out, buffer, key, keyLength, buffer, value, valueLength);
            case DELETE -> CommandWriter.delete(out, buffer, key, keyLength);
            case INCR -> CommandWriter.incr(out, buffer, key, keyLength, delta);
            case DECR -> CommandWriter.decr(out, buffer, key, keyLength, delta);
            case TOUCH -> CommandWriter.touch(out, buffer, key, keyLength, exptime);
            case FLUSH_ALL -> CommandWriter.flushAll(out, exptime);
            case INSPECT -> throw new IllegalStateException("There is no classic command that inspects an item.");
        }
    }
}
