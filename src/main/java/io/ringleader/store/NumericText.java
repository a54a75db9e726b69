package io.ringleader.store;

/**
 * The numbers of incr and decr, read as memcached reads them, that is as C's {@code strtoull} does: leading white space and
 * one sign are skipped, then come digits, then the end, a NUL or white space, after which anything may follow. The result
 * must be below 2^64. A minus negates modulo 2^64, and memcached refuses it if the outcome has the top bit set: which
 * refuses -1 and accepts -0.
 *
 * <p>Keeps the last number and its text so that nothing is allocated. Owned by one thread.
 */
final class NumericText {
    /** Digits of the largest unsigned 64-bit number. */
    static final int MAX_DIGITS = 20;

    private static final long MAX_TENTH = Long.divideUnsigned(-1L, 10);

    private final byte[] digits = new byte[MAX_DIGITS];
    private long number;

    /** Whether the text is a number; if so, it is {@link #number()}. */
    boolean parse(byte[] text, int offset, int length) {
        int at = offset;
        int end = offset + length;
        while (at < end && isSpace(text[at])) {
            at++;
        }
        boolean negative = at < end && text[at] == '-';
        if (negative || (at < end && text[at] == '+')) {
            at++;
        }
        int firstDigit = at;
        long parsed = 0;
        for (; at < end && text[at] >= '0' && text[at] <= '9'; at++) {
            int digit = text[at] - '0';
            boolean fits =
                    Long.compareUnsigned(parsed, MAX_TENTH) <= 0 && Long.compareUnsigned(parsed * 10, -1L - digit) <= 0;
            if (!fits) {
                return false;
            }
            parsed = parsed * 10 + digit;
        }
        boolean ended = at == end || text[at] == 0 || isSpace(text[at]);
        if (at == firstDigit || !ended || (negative && -parsed < 0)) {
            return false;
        }
        number = negative ? -parsed : parsed;
        return true;
    }

    /** Unsigned. */
    long number() {
        return number;
    }

    /** Writes an unsigned number to the end of {@link #digits()} and returns how many digits it has. */
    int format(long unsigned) {
        long rest = unsigned;
        int at = MAX_DIGITS;
        do {
            long tenth = Long.divideUnsigned(rest, 10);
            digits[--at] = (byte) ('0' + (rest - tenth * 10));
            rest = tenth;
        } while (rest != 0);
        return MAX_DIGITS - at;
    }

    byte[] digits() {
        return digits;
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || (b >= '\t' && b <= '\r');
    }
}
