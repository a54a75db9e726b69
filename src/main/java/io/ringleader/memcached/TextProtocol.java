package io.ringleader.memcached;

import io.ringleader.memcached.RequestHandler.Kind;
import io.ringleader.memcached.TextLine.Action;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Reads the text protocol, classic and meta commands, from one connection: the state between two looks at its input. One per connection, owned
 * by the loop of that connection.
 *
 * <p>The caller keeps the bytes that are not consumed and presents them again with more behind them, wherever in memory. A
 * byte is looked at a bounded number of times however the input is cut, and nothing is allocated per classic command. What is
 * called does not depend on how the input is cut, with one exception that comes from memcached: a line longer than
 * {@link Limits#lineMaxBytes} closes the connection unless its newline is already there.
 */
public final class TextProtocol implements Protocol {
    private enum State {
        /** Looking for the newline; the first {@code scannedBytes} have none. */
        LINE,
        /** A line has been read; it waits for its value and for the handler. */
        READY,
        /** Within a list of keys: {@code keysLeft} begin at {@code nextKey}. */
        KEYS,
        /** {@code swallowBytes} of a refused value are still to be thrown away. */
        SWALLOW,
        CLOSED
    }

    private static final byte[] GET = {'g', 'e', 't', ' '};
    private static final byte[] GETS = {'g', 'e', 't', 's', ' '};
    /** More spaces than this before a long get line are not believed. */
    private static final int INDENT_BYTES_MAX = 100;

    private final Limits limits;
    private final TextLine line;
    private final Request request;

    private State state = State.LINE;
    /** What the line asks for, in {@link State#READY}. */
    private Action action = Action.ERROR;

    private int scannedBytes;
    /** Bytes of the line that are still in the input, the newline included. */
    private int lineBytes;

    /** Where the next key begins and where the keys end, counted from the input's position. */
    private int nextKey;

    private int keysEnd;
    private int keysLeft;
    private int swallowBytes;
    private int neededBytes;

    public TextProtocol(Limits limits) {
        this.limits = limits;
        this.line = new TextLine(limits);
        this.request = line.request;
    }

    @Override
    public int consume(ByteBuffer in, RequestHandler handler) {
        neededBytes = 0;
        boolean gettingOn = true;
        while (gettingOn) {
            gettingOn = switch (state) {
                case LINE -> readLine(in);
                case READY -> dispatch(in, handler);
                case KEYS -> dispatchKeys(in, handler);
                case SWALLOW -> swallow(in);
                case CLOSED -> discard(in);
            };
        }
        // an idle connection must not keep an input buffer alive that its owner has replaced by a smaller one
        line.release();
        return neededBytes;
    }

    private boolean readLine(ByteBuffer in) {
        byte[] array = in.array();
        int start = in.arrayOffset() + in.position();
        int remaining = in.remaining();
        int at = start + scannedBytes;
        int end = start + remaining;
        while (at < end && array[at] != '\n') {
            at++;
        }
        boolean complete = at < end;
        int length = complete ? at + 1 - start : remaining;
        if (length > limits.getLineMaxBytes()
                || (!complete && length > limits.lineMaxBytes() && !isLongGet(array, start, end))) {
            closeForLongLine();
            return true;
        }
        if (!complete) {
            scannedBytes = remaining;
            neededBytes = remaining == 0 ? 0 : remaining + 1;
            return false;
        }
        scannedBytes = 0;
        lineBytes = length;
        action = line.read(array, start, length);
        state = State.READY;
        if (action == Action.KEYS) {
            nextKey = line.keysStart;
            keysEnd = line.keysEnd;
            keysLeft = line.keyCount;
            state = State.KEYS;
        }
        return true;
    }

    private boolean isLongGet(byte[] array, int start, int end) {
        int at = Words.skipSpaces(array, start, Math.min(end, start + INDENT_BYTES_MAX + 1));
        return at - start <= INDENT_BYTES_MAX && (startsWith(array, at, end, GET) || startsWith(array, at, end, GETS));
    }

    private static boolean startsWith(byte[] array, int from, int end, byte[] text) {
        return end - from >= text.length && Arrays.equals(array, from, from + text.length, text, 0, text.length);
    }

    private void closeForLongLine() {
        line.closeReason = "A line is longer than " + limits.lineMaxBytes() + " bytes, or than "
                + limits.getLineMaxBytes() + " if it is a get.";
        line.dataBytes = 0;
        lineBytes = 0;
        action = Action.CLOSE;
        state = State.READY;
    }

    private boolean dispatch(ByteBuffer in, RequestHandler handler) {
        int requestBytes = lineBytes;
        if (action == Action.STORAGE) {
            requestBytes += line.dataBytes;
            if (in.remaining() < requestBytes) {
                neededBytes = requestBytes;
                return false;
            }
            if (!endsInLineEnd(in, requestBytes)) {
                lineBytes = requestBytes;
                action = line.badDataChunk();
            }
        }
        if (action == Action.ERROR && line.noreply) {
            finish(in, requestBytes);
            return true;
        }
        boolean toStore = action == Action.STORAGE || action == Action.COMMAND;
        if (!handler.begin(toStore ? request.kind() : Kind.LOCAL, 1)) {
            return false;
        }
        int position = in.position();
        finish(in, requestBytes);
        switch (action) {
            case COMMAND, STORAGE -> {
                request.buffer = in.array();
                request.base = in.arrayOffset() + position;
                handler.command(request);
            }
            case ERROR -> handler.answer(line.error);
            case STATS -> handler.stats(line.statsArgument, TextReplies.STATS);
            case VERSION -> handler.version(TextReplies::version);
            case NOTHING -> handler.answer(Replies.META_NOTHING);
            case VERBOSITY -> handler.answer(line.noreply ? Words.NO_BYTES : Replies.OK);
            case QUIT -> {
                state = State.CLOSED;
                handler.quit();
            }
            case CLOSE -> {
                state = State.CLOSED;
                handler.close(line.closeReason);
            }
            case KEYS -> throw new IllegalStateException("A list of keys was dispatched as one request.");
        }
        return true;
    }

    private static boolean endsInLineEnd(ByteBuffer in, int length) {
        int end = in.position() + length;
        return in.get(end - 2) == '\r' && in.get(end - 1) == '\n';
    }

    /** Consumes a request and makes ready for what follows it. */
    private void finish(ByteBuffer in, int requestBytes) {
        in.position(in.position() + requestBytes);
        swallowBytes = action == Action.ERROR ? line.dataBytes : 0;
        state = swallowBytes > 0 ? State.SWALLOW : State.LINE;
    }

    /** Gives the handler a burst of keys and consumes them, so that a long line does not stay in the buffer to its end. */
    private boolean dispatchKeys(ByteBuffer in, RequestHandler handler) {
        int burst = Math.min(keysLeft, limits.keysPerBurst());
        if (!handler.begin(request.op.kind(), burst)) {
            return false;
        }
        byte[] array = in.array();
        int start = in.arrayOffset() + in.position();
        int end = start + keysEnd;
        int at = start + nextKey;
        request.buffer = array;
        request.base = start;
        for (int i = 0; i < burst; i++) {
            int keyEnd = Words.skipWord(array, at, end);
            request.keyStart = at - start;
            request.keyLength = keyEnd - at;
            at = Words.skipSpaces(array, keyEnd, end);
            handler.command(request);
        }
        keysLeft -= burst;
        int consumed = keysLeft == 0 ? lineBytes : at - start;
        in.position(in.position() + consumed);
        lineBytes -= consumed;
        keysEnd -= consumed;
        nextKey = 0;
        if (keysLeft == 0) {
            state = State.LINE;
            handler.endOfKeys();
        }
        return true;
    }

    private boolean swallow(ByteBuffer in) {
        int count = Math.min(swallowBytes, in.remaining());
        in.position(in.position() + count);
        swallowBytes -= count;
        if (swallowBytes > 0) {
            return false;
        }
        state = State.LINE;
        return true;
    }

    private static boolean discard(ByteBuffer in) {
        in.position(in.limit());
        return false;
    }
}
