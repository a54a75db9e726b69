package io.ringleader.memcached;

import java.util.Arrays;

/**
 * The words of one command line. They are parted by runs of spaces and nothing else: a tab, a NUL or a carriage return that
 * is not at the end belongs to a word. Like memcached this sees the first {@value #MAX} words only; "the last word" is the
 * last of those.
 *
 * <p>Numbers come in two forms, because memcached reads flags and exptime of the storage commands with the C library
 * ({@link #parseLooseUnsigned}, {@link #parseLooseSigned}) and all others with a strict parser of its own.
 */
final class Words {
    static final int MAX = 23;
    static final byte[] NO_BYTES = {};

    private static final int INT32_DIGITS_MAX = 11;
    private static final int UINT64_DIGITS_MAX = 22;
    private static final long UINT32_MAX = 0xffff_ffffL;
    /** The largest unsigned 64-bit number but for its last digit, which is {@link #UINT64_LAST_DIGIT}. */
    private static final long UINT64_TENTH = 1844674407370955161L;

    private static final int UINT64_LAST_DIGIT = 5;

    private final int[] starts = new int[MAX];
    private final int[] ends = new int[MAX];
    private byte[] array = NO_BYTES;
    private int lineEnd;
    private int count;
    private long number;

    /** Splits {@code [from, to)}, a line without its line end. The offsets below are indexes into the array. */
    void split(byte[] line, int from, int to) {
        array = line;
        lineEnd = to;
        count = 0;
        int at = from;
        while (count < MAX) {
            at = skipSpaces(line, at, to);
            if (at == to) {
                return;
            }
            starts[count] = at;
            at = skipWord(line, at, to);
            ends[count] = at;
            count++;
        }
    }

    /** Forgets the array, which is large at times and not ours. The words are gone with it. */
    void release() {
        array = NO_BYTES;
        count = 0;
    }

    static int skipSpaces(byte[] line, int from, int to) {
        int at = from;
        while (at < to && line[at] == ' ') {
            at++;
        }
        return at;
    }

    static int skipWord(byte[] line, int from, int to) {
        int at = from;
        while (at < to && line[at] != ' ') {
            at++;
        }
        return at;
    }

    int count() {
        return count;
    }

    int start(int word) {
        return starts[word];
    }

    int length(int word) {
        return ends[word] - starts[word];
    }

    /** Whether there is a last word and it is exactly this. */
    boolean lastIs(byte[] text) {
        return count > 0 && Arrays.equals(array, starts[count - 1], ends[count - 1], text, 0, text.length);
    }

    boolean lastStartsWith(byte[] text) {
        int last = count - 1;
        return last >= 0
                && length(last) >= text.length
                && Arrays.equals(array, starts[last], starts[last] + text.length, text, 0, text.length);
    }

    /** The number found by the last of the parse methods that returned true. */
    long number() {
        return number;
    }

    /** The first byte of a word. */
    byte first(int word) {
        return array[starts[word]];
    }

    byte[] bytes(int word) {
        return Arrays.copyOfRange(array, starts[word], ends[word]);
    }

    /** A signed 32-bit decimal of at most 11 characters. A lone minus is 0, as in memcached. */
    boolean parseInt32(int word) {
        return word < count && parseInt32(starts[word], ends[word]);
    }

    /** As {@link #parseInt32(int)}, for what follows the letter of a flag. */
    boolean parseFlagInt32(int word) {
        return length(word) > 1 && parseInt32(starts[word] + 1, ends[word]);
    }

    private boolean parseInt32(int from, int to) {
        if (to - from > INT32_DIGITS_MAX) {
            return false;
        }
        boolean negative = array[from] == '-';
        if (!parseDigits(negative ? from + 1 : from, to)) {
            return false;
        }
        number = negative ? -number : number;
        return number == (int) number;
    }

    /** An unsigned 32-bit decimal of at most 11 characters. */
    boolean parseUint32(int word) {
        return word < count
                && length(word) <= INT32_DIGITS_MAX
                && parseDigits(starts[word], ends[word])
                && number <= UINT32_MAX;
    }

    /** An unsigned 64-bit decimal of at most 22 characters. */
    boolean parseUint64(int word) {
        return word < count && length(word) <= UINT64_DIGITS_MAX && parseDigits(starts[word], ends[word]);
    }

    /** As {@link #parseUint64}, for what follows the letter of a flag. */
    boolean parseFlagUint64(int word) {
        int digits = length(word) - 1;
        return digits > 0 && digits <= UINT64_DIGITS_MAX && parseDigits(starts[word] + 1, ends[word]);
    }

    /** As {@link #parseUint32}, for what follows the letter of a flag. */
    boolean parseFlagUint32(int word) {
        return length(word) - 1 <= INT32_DIGITS_MAX && parseFlagUint64(word) && number >= 0 && number <= UINT32_MAX;
    }

    /** What C's strtoul takes, but no negative result; of the 64 bits the caller keeps the lower 32, as memcached does. */
    boolean parseLooseUnsigned(int word) {
        int at = skipWhitespace(starts[word]);
        boolean negative = at < lineEnd && array[at] == '-';
        if (!parseLooseDigits(at)) {
            return false;
        }
        number = negative ? -number : number;
        return !negative || number >= 0;
    }

    /** What C's strtol takes; of the 64 bits the caller keeps the lower 32, as memcached does. */
    boolean parseLooseSigned(int word) {
        int at = skipWhitespace(starts[word]);
        boolean negative = at < lineEnd && array[at] == '-';
        if (!parseLooseDigits(at) || (number < 0 && !(negative && number == Long.MIN_VALUE))) {
            return false;
        }
        number = negative ? -number : number;
        return true;
    }

    /** A sign if any, digits, and then the end of the line, white space or a NUL. */
    private boolean parseLooseDigits(int from) {
        int first = from < lineEnd && (array[from] == '-' || array[from] == '+') ? from + 1 : from;
        int end = first;
        while (end < lineEnd && isDigit(array[end])) {
            end++;
        }
        boolean ended = end == lineEnd || isWhitespace(array[end]) || array[end] == 0;
        return end > first && ended && parseDigits(first, end);
    }

    private int skipWhitespace(int from) {
        int at = from;
        while (at < lineEnd && isWhitespace(array[at])) {
            at++;
        }
        return at;
    }

    /** Only digits, none is 0, no more than 64 bits. */
    private boolean parseDigits(int from, int to) {
        long sum = 0;
        for (int at = from; at < to; at++) {
            if (!isDigit(array[at])) {
                return false;
            }
            int digit = array[at] - '0';
            if (sum < 0 || sum > UINT64_TENTH || (sum == UINT64_TENTH && digit > UINT64_LAST_DIGIT)) {
                return false;
            }
            sum = sum * 10 + digit;
        }
        number = sum;
        return true;
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static boolean isWhitespace(byte b) {
        return b == ' ' || (b >= '\t' && b <= '\r');
    }
}
