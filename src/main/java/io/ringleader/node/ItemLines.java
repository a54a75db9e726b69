package io.ringleader.node;

import io.ringleader.store.ByteWriter;
import io.ringleader.store.Item;
import java.nio.charset.StandardCharsets;

/** Lines about items as memcached's {@code lru_crawler metadump} and {@code watch} have them. */
final class ItemLines {
    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);
    private static final long MILLIS_PER_SECOND = 1000;

    private ItemLines() {}

    /**
     * One line of a metadump, which ends in a space and a newline. When an item was last read is known nowhere, since a read
     * changes nothing: {@code la} is 0 and {@code fetch} is no.
     */
    static void metadump(Item item, ByteWriter out) {
        text("key=", out);
        key(item.data(), item.keyOffset(), item.valueOffset(), out);
        long expiresAtMillis = item.expiresAtMillis();
        long exp = expiresAtMillis == Item.NEVER ? -1 : expiresAtMillis / MILLIS_PER_SECOND;
        text(
                " exp=" + exp + " la=0 cas=" + Long.toUnsignedString(item.cas()) + " fetch=no cls=1 size="
                        + item.sizeBytes() + " flags=" + Integer.toUnsignedString(item.clientFlags()) + " \n",
                out);
    }

    /** The key as in a URL: all but letters, digits and {@code -._~} becomes a percent sign and two digits. */
    static void key(byte[] bytes, int from, int to, ByteWriter out) {
        for (int i = from; i < to; i++) {
            int b = bytes[i] & 0xff;
            if (isPlain(b)) {
                out.putByte(b);
            } else {
                out.putByte('%');
                out.putByte(HEX[b >> 4]);
                out.putByte(HEX[b & 0xf]);
            }
        }
    }

    private static boolean isPlain(int b) {
        return (b >= 'a' && b <= 'z')
                || (b >= 'A' && b <= 'Z')
                || (b >= '0' && b <= '9')
                || b == '-'
                || b == '.'
                || b == '_'
                || b == '~';
    }

    static void text(String text, ByteWriter out) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        out.putBytes(bytes, 0, bytes.length);
    }
}
