package io.ringleader.memcached;

import io.ringleader.memcached.RequestHandler.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads a connection of the text protocol until its client has logged in: by a {@code set} of any key whose value is the user's
 * name, a space and the password, as in memcached. Every other line is refused, and so is what follows a storage command,
 * as if it were a line. What follows the login is for the reader of commands. One per connection, owned by the loop of that
 * connection.
 */
final class TextLogin implements Protocol {
    private static final byte[] UNAUTHENTICATED = line("CLIENT_ERROR unauthenticated");
    private static final byte[] FAILURE = line("CLIENT_ERROR authentication failure");

    private static final byte[] TOO_LONG = line("CLIENT_ERROR auth token too long");
    private static final byte[] BAD_END = line("CLIENT_ERROR bad command line termination");
    private static final byte[] BAD_TOKEN = line("CLIENT_ERROR bad authentication token format");

    private static final byte[] SET = "set".getBytes(StandardCharsets.US_ASCII);
    private static final int LINE_BYTES_MAX = 2048;
    /** memcached closes on a shorter line, without its newline: it cannot be the beginning of a login. */
    private static final int LINE_BYTES_MIN = 6;

    private static final int LINE_END_BYTES = 2;

    private final Credentials credentials;
    private final Protocol commands;
    private final Words words = new Words();
    private boolean accepted;
    private boolean closed;

    TextLogin(Credentials credentials, Protocol commands) {
        this.credentials = credentials;
        this.commands = commands;
    }

    @Override
    public int consume(ByteBuffer in, RequestHandler handler) {
        if (closed) {
            in.position(in.limit());
            return 0;
        }
        while (!accepted) {
            byte[] array = in.array();
            int start = in.arrayOffset() + in.position();
            int end = start + in.remaining();
            int newline = indexOf((byte) '\n', array, start, end);
            if (newline == end && in.remaining() <= LINE_BYTES_MAX) {
                return in.hasRemaining() ? in.remaining() + 1 : 0;
            }
            boolean hopeless = newline == end || newline - start < LINE_BYTES_MIN;
            int tokenBytes = hopeless ? -1 : tokenBytes(array, start, newline);
            int lineBytes = newline + 1 - start;
            boolean login = tokenBytes >= 0 && tokenBytes <= Limits.CREDENTIALS_MAX_BYTES;
            int neededBytes = login ? lineBytes + tokenBytes + LINE_END_BYTES : lineBytes;
            if (!hopeless && in.remaining() < neededBytes) {
                return neededBytes;
            }
            if (!handler.begin(Kind.LOCAL, 1)) {
                return 0;
            }
            if (hopeless) {
                in.position(in.limit());
                closed = true;
                handler.close("A client that has not logged in sent what cannot be a login.");
                return 0;
            }
            in.position(in.position() + neededBytes);
            if (!login) {
                handler.answer(tokenBytes < 0 ? UNAUTHENTICATED : TOO_LONG);
            } else {
                take(array, newline + 1, tokenBytes, handler);
            }
        }
        return commands.consume(in, handler);
    }

    /** The announced length of the credentials; -1 if the line begins no login. */
    private int tokenBytes(byte[] array, int start, int newline) {
        int end = array[newline - 1] == '\r' ? newline - 1 : newline;
        words.split(array, start, end);
        boolean set = words.count() >= 5
                && words.start(0) == start
                && Arrays.equals(array, start, start + words.length(0), SET, 0, SET.length)
                && words.parseUint32(4);
        int announced = set ? (int) Math.min(words.number(), Limits.CREDENTIALS_MAX_BYTES + 1) : -1;
        words.release();
        return announced;
    }

    private void take(byte[] array, int from, int length, RequestHandler handler) {
        int end = from + length;
        int space = indexOf((byte) ' ', array, from, end);
        if (array[end] != '\r' || array[end + 1] != '\n') {
            handler.answer(BAD_END);
            return;
        }
        if (space == end) {
            handler.answer(BAD_TOKEN);
            return;
        }
        accepted =
                credentials.accept(Arrays.copyOfRange(array, from, space), Arrays.copyOfRange(array, space + 1, end));
        handler.login(accepted, accepted ? Replies.STORED : FAILURE);
    }

    private static int indexOf(byte wanted, byte[] array, int from, int to) {
        int at = from;
        while (at < to && array[at] != wanted) {
            at++;
        }
        return at;
    }

    private static byte[] line(String text) {
        return (text + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }
}
