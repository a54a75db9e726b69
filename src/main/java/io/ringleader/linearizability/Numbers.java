package io.ringleader.linearizability;

/**
 * The numbers of incr and decr, as C's {@code strtoull} reads them for memcached: leading white space and one sign, then
 * digits, then the end, a NUL or white space. Written a second time on purpose, and in another way than the store's.
 */
final class Numbers {
    private Numbers() {}

    /** The unsigned number in the text, or null if memcached would not take it for one. */
    static Long parse(String text) {
        int at = 0;
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
        char sign = at < text.length() ? text.charAt(at) : '+';
        int digits = sign == '-' || sign == '+' ? at + 1 : at;
        int end = digits;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        boolean ended = end >= text.length() || text.charAt(end) == 0 || isSpace(text.charAt(end));
        if (end <= digits || !ended) {
            return null;
        }
        long number;
        try {
            number = Long.parseUnsignedLong(text.substring(digits, end));
        } catch (NumberFormatException tooLarge) {
            return null;
        }
        if (sign != '-') {
            return number;
        }
        // strtoull negates, and memcached refuses what then looks like a negative number.
        return -number < 0 ? null : Long.valueOf(-number);
    }

    static long decrement(long number, long delta) {
        return Long.compareUnsigned(delta, number) > 0 ? 0 : number - delta;
    }

    /** The number's digits, followed by spaces up to the length. */
    static String padded(long number, int minLength) {
        String digits = Long.toUnsignedString(number);
        return digits + " ".repeat(Math.max(0, minLength - digits.length()));
    }

    private static boolean isSpace(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }
}
