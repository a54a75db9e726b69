package io.ringleader.memcached;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Packets of the binary protocol, put together byte by byte and not with what is under test. */
public final class BinaryPackets {
    public static final int OPAQUE = 0x1a2b3c4d;
    public static final byte[] NONE = {};

    private static final int HEADER_BYTES = 24;

    private BinaryPackets() {}

    public static byte[] request(int opcode) {
        return request(opcode, "", NONE, "", 0);
    }

    public static byte[] request(int opcode, String key) {
        return request(opcode, key, NONE, "", 0);
    }

    public static byte[] request(int opcode, String key, byte[] extras) {
        return request(opcode, key, extras, "", 0);
    }

    public static byte[] request(int opcode, String key, byte[] extras, String value, long cas) {
        return packet(0x80, opcode, 0, key, extras, value, cas);
    }

    /** A request for a change of the value: set, add, replace and their quiet forms. */
    public static byte[] store(int opcode, String key, int flags, int exptime, String value, long cas) {
        return request(opcode, key, ints(flags, exptime), value, cas);
    }

    /** Incr, decr and their quiet forms. */
    public static byte[] count(int opcode, String key, long delta, long initial, int exptime, long cas) {
        byte[] extras = ByteBuffer.allocate(20)
                .putLong(delta)
                .putLong(initial)
                .putInt(exptime)
                .array();
        return request(opcode, key, extras, "", cas);
    }

    public static byte[] ints(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
        for (int value : values) {
            bytes.putInt(value);
        }
        return bytes.array();
    }

    public static byte[] response(int opcode, long cas) {
        return response(opcode, 0, "", NONE, "", cas);
    }

    public static byte[] error(int opcode, int status, String text) {
        return response(opcode, status, "", NONE, text, 0);
    }

    /** A number as the body. */
    public static byte[] number(int opcode, long number, long cas) {
        byte[] bytes = ByteBuffer.allocate(8).putLong(number).array();
        return response(opcode, 0, "", NONE, new String(bytes, StandardCharsets.ISO_8859_1), cas);
    }

    public static byte[] response(int opcode, int status, String key, byte[] extras, String value, long cas) {
        return packet(0x81, opcode, status, key, extras, value, cas);
    }

    private static byte[] packet(int magic, int opcode, int status, String key, byte[] extras, String value, long cas) {
        int bodyBytes = extras.length + key.length() + value.length();
        return ByteBuffer.allocate(HEADER_BYTES + bodyBytes)
                .put((byte) magic)
                .put((byte) opcode)
                .putShort((short) key.length())
                .put((byte) extras.length)
                .put((byte) 0)
                .putShort((short) status)
                .putInt(bodyBytes)
                .putInt(OPAQUE)
                .putLong(cas)
                .put(extras)
                .put(Wire.bytes(key))
                .put(Wire.bytes(value))
                .array();
    }

    /** A header that says what it likes of its body. */
    public static byte[] header(int opcode, int keyBytes, int extrasBytes, int bodyBytes) {
        return ByteBuffer.allocate(HEADER_BYTES)
                .put((byte) 0x80)
                .put((byte) opcode)
                .putShort((short) keyBytes)
                .put((byte) extrasBytes)
                .put((byte) 0)
                .putShort((short) 0)
                .putInt(bodyBytes)
                .putInt(OPAQUE)
                .putLong(0)
                .array();
    }

    public static byte[] join(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteBuffer joined = ByteBuffer.allocate(length);
        for (byte[] part : parts) {
            joined.put(part);
        }
        return joined.array();
    }

    public static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
