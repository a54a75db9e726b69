package io.ringleader.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Numbers and lines in the text protocols, without an object for each. */
final class Decimal {
    private static final int TEXT_MAX_BYTES = 120;

    private Decimal() {}

    static void put(int number, ByteBuffer out) {
        int digits = 1;
        for (int rest = number / 10; rest != 0; rest /= 10) {
            digits++;
        }
        int at = out.position();
        int rest = number;
        for (int i = at + digits - 1; i >= at; i--) {
            out.put(i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
        out.position(at + digits);
    }

    /** The number, or -1 if there is none. */
    static long parse(byte[] in, int from, int to) {
        if (from >= to || to - from > 18) {
            return -1;
        }
        long number = 0;
        for (int i = from; i < to; i++) {
            int digit = in[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return number;
    }

    /** Behind the next newline, or -1 if there is none. */
    static int lineEnd(byte[] in, int from, int to) {
        for (int i = from; i < to; i++) {
            if (in[i] == '\n') {
                return i + 1;
            }
        }
        return -1;
    }

    /** Of an answer that went wrong, for people. */
    static String text(byte[] in, int from, int to) {
        int length = Math.min(TEXT_MAX_BYTES, to - from);
        return new String(in, from, length, StandardCharsets.ISO_8859_1).strip();
    }
}
