package io.ringleader.memcached;

import io.ringleader.store.ByteWriter;
import java.nio.charset.StandardCharsets;

/**
 * The packets of the binary protocol: 24 bytes of header, then the body. All numbers are big-endian.
 *
 * <pre>
 *  0  u8   magic: 0x80 request, 0x81 response
 *  1  u8   opcode
 *  2  u16  key bytes
 *  4  u8   extras bytes
 *  5  u8   data type, 0
 *  6  u16  response: status; request: not used
 *  8  u32  body bytes: extras, key and value
 * 12  u32  opaque, sent back as it came
 * 16  u64  cas
 * 24       extras, key, value
 * </pre>
 */
final class BinaryPacket {
    static final byte REQUEST = (byte) 0x80;
    static final int HEADER_BYTES = 24;
    /** Those of incr and decr: delta, initial value, exptime. */
    static final int EXTRAS_MAX_BYTES = 20;

    static final int OPCODE_AT = 1;
    static final int KEY_LENGTH_AT = 2;
    static final int EXTRAS_LENGTH_AT = 4;
    static final int BODY_LENGTH_AT = 8;
    static final int OPAQUE_AT = 12;
    static final int CAS_AT = 16;

    private static final int RESPONSE = 0x81;

    private BinaryPacket() {}

    /** Writes the header of a response. */
    static void header(
            int opcode,
            int status,
            int keyBytes,
            int extrasBytes,
            int bodyBytes,
            int opaque,
            long cas,
            ByteWriter out) {
        out.putInt(RESPONSE << 24 | opcode << 16 | keyBytes);
        out.putInt(extrasBytes << 24 | status);
        out.putInt(bodyBytes);
        out.putInt(opaque);
        out.putLong(cas);
    }

    /** Writes a response without a key and extras. */
    static void response(int opcode, int status, int opaque, byte[] body, ByteWriter out) {
        header(opcode, status, 0, 0, body.length, opaque, 0, out);
        out.putBytes(body, 0, body.length);
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
