package io.ringleader.memcached;

import io.ringleader.store.ByteWriter;

/** How a binary request ended, with the text that memcached sends as the body of an error. */
enum BinaryStatus {
    OK(0x00, ""),
    NOT_FOUND(0x01, "Not found"),
    EXISTS(0x02, "Data exists for key."),
    TOO_LARGE(0x03, "Too large."),
    INVALID(0x04, "Invalid arguments"),
    NOT_STORED(0x05, "Not stored."),
    NON_NUMERIC(0x06, "Non-numeric server-side value for incr or decr"),
    AUTH_FAILURE(0x20, "Auth failure."),
    /** The answer to a login that has yet to bring what it wants to prove. */
    AUTH_CONTINUE(0x21, ""),
    UNKNOWN_COMMAND(0x81, "Unknown command"),
    OUT_OF_MEMORY_STORING(0x82, "Out of memory allocating item"),
    OUT_OF_MEMORY_COUNTING(0x82, "Out of memory incrementing value"),
    /** The values of one batch are more than is remembered for a repeat; memcached has no such error. */
    OUT_OF_MEMORY_READING(0x82, "Out of memory writing get response"),
    /** The partition could not be served in time, and it is not known whether the command took effect. */
    UNCERTAIN(0x84, ""),
    /** The partition could not be served in time, and the command has had no effect. */
    BUSY(0x85, "");

    private final int code;
    private final byte[] text;

    BinaryStatus(int code, String text) {
        this.code = code;
        this.text = BinaryPacket.text(text);
    }

    int code() {
        return code;
    }

    /** A whole response with nothing but the text. */
    byte[] response(Opcode opcode, int opaque) {
        ByteWriter out = new ByteWriter(BinaryPacket.HEADER_BYTES + text.length);
        write(opcode.code(), opaque, out);
        return out.toByteArray();
    }

    /** Writes a whole response with nothing but the text. */
    void write(int opcode, int opaque, ByteWriter out) {
        BinaryPacket.response(opcode, code, opaque, text, out);
    }
}
