package io.ringleader.memcached;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads one complete command line and says what is to happen. The result is in its fields, with offsets relative to the begin
 * of the line, and lasts until the next line is read: a request whose value has not arrived, or that the handler puts off,
 * is not read a second time.
 */
final class TextLine {
    /** What a line asks for. */
    enum Action {
        COMMAND,
        /** A command that is followed by a value of {@link #dataBytes} bytes with its line end. */
        STORAGE,
        /** A list of {@link #keyCount} keys beginning at {@link #keysStart} and ending before {@link #keysEnd}. */
        KEYS,
        /** Answer {@link #error}, then swallow {@link #dataBytes} bytes behind the line. */
        ERROR,
        STATS,
        VERSION,
        VERBOSITY,
        /** The meta command that only asks for an answer. */
        NOTHING,
        ADMINISTRATION,
        QUIT,
        CLOSE
    }

    private static final byte[] NOREPLY = "noreply".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HTTP = "HTTP/".getBytes(StandardCharsets.US_ASCII);
    /** A line of fewer bytes, its line end included, is no command: memcached says that two bytes and "\r\n" are the least. */
    private static final int LINE_BYTES_MIN = 4;

    private static final int VALUE_BYTES_MAX = Integer.MAX_VALUE - 2;
    private static final int LINE_END_BYTES = 2;

    final Request request = new Request();

    byte[] error;
    /** Whether the last word of a command that knows it is noreply; then no error is answered either. */
    boolean noreply;

    int dataBytes;
    int keyCount;
    int keysStart;
    int keysEnd;
    long verbosity;
    String statsArgument = "";
    String closeReason = "";
    Administration administration;

    private final Limits limits;
    private final Words words = new Words();
    private final MetaLine meta = new MetaLine();
    private byte[] array = Words.NO_BYTES;
    private int start;
    private int end;
    private int lineLength;

    TextLine(Limits limits) {
        this.limits = limits;
    }

    /** Reads the line of {@code length} bytes, the newline being the last of them, that begins at {@code from}. */
    Action read(byte[] buffer, int from, int length) {
        array = buffer;
        start = from;
        lineLength = length;
        noreply = false;
        dataBytes = 0;
        if (length < LINE_BYTES_MIN) {
            return fail(Replies.BAD_FORMAT);
        }
        end = from + length - 1;
        if (buffer[end - 1] == '\r') {
            end--;
        }
        int verbEnd = Words.skipWord(buffer, from, end);
        Verb verb = Verb.of(buffer, from, verbEnd - from);
        return switch (verb) {
            case GET, GETS -> readGet(verb.op(), verbEnd);
            case GAT, GATS -> readGetAndTouch(verb.op(), verbEnd);
            case SET, ADD, REPLACE, APPEND, PREPEND, CAS -> readStorage(verb.op());
            case DELETE -> readKeyed(verb.op(), 2);
            case INCR, DECR, TOUCH -> readKeyed(verb.op(), 3);
            case STATS -> readStats();
            case VERSION -> Action.VERSION;
            case QUIT -> Action.QUIT;
            case META_GET, META_SET, META_DELETE, META_ARITHMETIC, META_DEBUG -> readMeta(verb);
            case META_NOTHING -> Action.NOTHING;
            case FLUSH_ALL, VERBOSITY, UNKNOWN -> readOther();
        };
    }

    /** Forgets the input, but not what was read from it. */
    void release() {
        array = Words.NO_BYTES;
        request.buffer = Words.NO_BYTES;
        words.release();
    }

    /** Makes the storage command just read an error, since its value does not end in a line end. */
    Action badDataChunk() {
        dataBytes = 0;
        return fail(Replies.BAD_DATA_CHUNK);
    }

    private Action fail(byte[] line) {
        error = line;
        return Action.ERROR;
    }

    private void split() {
        words.split(array, start, end);
    }

    private Action readGet(Operation op, int verbEnd) {
        request.clear(op);
        return readKeys(verbEnd);
    }

    private Action readGetAndTouch(Operation op, int verbEnd) {
        request.clear(op);
        split();
        if (words.count() < 3) {
            return fail(Replies.BAD_FORMAT);
        }
        if (!words.parseInt32(1)) {
            return fail(Replies.INVALID_EXPTIME);
        }
        request.exptime = words.number();
        return readKeys(words.start(2));
    }

    /** Looks at every key before the first is dispatched, so that a line has one answer: its values, or one error. */
    private Action readKeys(int from) {
        keyCount = 0;
        int at = Words.skipSpaces(array, from, end);
        keysStart = at - start;
        keysEnd = end - start;
        while (at < end) {
            int keyEnd = Words.skipWord(array, at, end);
            if (keyEnd - at > limits.keyMaxBytes()) {
                return fail(Replies.BAD_FORMAT);
            }
            keyCount++;
            at = Words.skipSpaces(array, keyEnd, end);
        }
        return keyCount == 0 ? fail(Replies.BAD_FORMAT) : Action.KEYS;
    }

    private Action readStorage(Operation op) {
        request.clear(op);
        split();
        if (words.count() < 5 || !words.parseInt32(4) || words.number() < 0 || words.number() > VALUE_BYTES_MAX) {
            return fail(Replies.BAD_FORMAT);
        }
        request.valueStart = lineLength;
        request.valueLength = (int) words.number();
        // from here on the length of the value is known, so that a refusal swallows it
        dataBytes = request.valueLength + LINE_END_BYTES;
        readNoreply();
        if (!readKey() || !words.parseLooseUnsigned(2)) {
            return fail(Replies.BAD_FORMAT);
        }
        request.clientFlags = (int) words.number();
        if (!words.parseLooseSigned(3)) {
            return fail(Replies.BAD_FORMAT);
        }
        request.exptime = (int) words.number();
        if (op == Operation.CAS) {
            if (!words.parseUint64(5)) {
                return fail(Replies.BAD_FORMAT);
            }
            request.cas = words.number();
        }
        if (request.valueLength > limits.itemMaxBytes()) {
            return fail(Replies.TOO_LARGE);
        }
        // such a line is here only because it arrived in one piece, and with its value it may not fit the input buffer
        return lineLength > limits.lineMaxBytes() ? fail(Replies.BAD_FORMAT) : Action.STORAGE;
    }

    private Action readKeyed(Operation op, int wordsMin) {
        request.clear(op);
        split();
        if (words.count() < wordsMin) {
            return fail(Replies.BAD_FORMAT);
        }
        readNoreply();
        if (!readKey()) {
            return fail(Replies.BAD_FORMAT);
        }
        if (op == Operation.INCR || op == Operation.DECR) {
            if (!words.parseUint64(2)) {
                return fail(Replies.INVALID_DELTA);
            }
            request.delta = words.number();
        } else if (op == Operation.TOUCH) {
            if (!words.parseInt32(2)) {
                return fail(Replies.INVALID_EXPTIME);
            }
            request.exptime = words.number();
        }
        return Action.COMMAND;
    }

    /**
     * What memcached looks up in a second table, by the first word whatever stands before it: these commands alone may be
     * indented. A noreply silences even the ERROR for an unknown command.
     */
    private Action readOther() {
        split();
        readNoreply();
        Verb verb = words.count() == 0 ? Verb.UNKNOWN : Verb.of(array, words.start(0), words.length(0));
        if (verb == Verb.FLUSH_ALL) {
            request.clear(Operation.FLUSH_ALL);
            request.noreply = noreply;
            if (words.count() != (noreply ? 2 : 1)) {
                if (!words.parseInt32(1)) {
                    return fail(Replies.INVALID_EXPTIME);
                }
                request.exptime = words.number();
            }
            return Action.COMMAND;
        }
        if (verb == Verb.VERBOSITY) {
            if (!words.parseUint32(1)) {
                return fail(Replies.BAD_FORMAT);
            }
            verbosity = words.number();
            return Action.VERBOSITY;
        }
        if (words.count() > 1 && words.lastStartsWith(HTTP)) {
            closeReason = "The peer speaks HTTP.";
            return Action.CLOSE;
        }
        return readAdministration() ? Action.ADMINISTRATION : fail(Replies.ERROR);
    }

    private boolean readAdministration() {
        if (words.count() == 0 || !Administration.isCommand(array, words.start(0), words.length(0))) {
            return false;
        }
        int count = noreply ? words.count() - 1 : words.count();
        List<String> all = new ArrayList<>(count);
        for (int word = 0; word < count; word++) {
            all.add(word(word));
        }
        administration = Administration.of(all).orElse(null);
        return administration != null;
    }

    private String word(int word) {
        return new String(array, words.start(word), words.length(word), StandardCharsets.ISO_8859_1);
    }

    private Action readMeta(Verb verb) {
        split();
        boolean stores = verb == Verb.META_SET;
        int firstFlag = stores ? 3 : 2;
        if (words.count() < firstFlag || !MetaLine.areFlags(words, firstFlag)) {
            return fail(Replies.BAD_FORMAT);
        }
        request.clear(Operation.GET);
        if (stores) {
            if (!words.parseInt32(2) || words.number() < 0 || words.number() > VALUE_BYTES_MAX) {
                return fail(Replies.BAD_FORMAT);
            }
            request.valueStart = lineLength;
            request.valueLength = (int) words.number();
            dataBytes = request.valueLength + LINE_END_BYTES;
        }
        if (!readKey()) {
            return fail(verb == Verb.META_ARITHMETIC ? Replies.INVALID_OR_DUPLICATE_FLAG : Replies.BAD_FORMAT);
        }
        byte[] refusal = meta.read(verb, words, firstFlag, request);
        if (refusal != null) {
            return fail(refusal);
        }
        if (!stores) {
            return Action.COMMAND;
        }
        if (request.valueLength > limits.itemMaxBytes()) {
            return fail(Replies.TOO_LARGE);
        }
        return lineLength > limits.lineMaxBytes() ? fail(Replies.BAD_FORMAT) : Action.STORAGE;
    }

    private Action readStats() {
        split();
        StringBuilder argument = new StringBuilder();
        for (int word = 1; word < words.count(); word++) {
            argument.append(word == 1 ? "" : " ");
            argument.append(word(word));
        }
        statsArgument = argument.toString();
        return Action.STATS;
    }

    private void readNoreply() {
        noreply = words.lastIs(NOREPLY);
        request.noreply = noreply;
    }

    /** Takes word 1 as the key; false if it is too long. */
    private boolean readKey() {
        request.keyStart = words.start(1) - start;
        request.keyLength = words.length(1);
        return request.keyLength <= limits.keyMaxBytes();
    }
}
