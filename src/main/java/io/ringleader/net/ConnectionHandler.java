package io.ringleader.net;

import java.nio.ByteBuffer;

/**
 * What happens on one connection. Every method runs on the loop of the {@link Network} that owns the connection, and none of
 * them inside of another or inside of a call to the {@link Connection}: a handler need not be re-entrant.
 *
 * <p>A handler that throws an exception loses its connection; the loop and all other connections live on. An {@link Error}
 * stops the loop.
 */
public interface ConnectionHandler {
    /** The connection is open; always the first call. */
    void onOpen(Connection connection);

    /**
     * Bytes are there. The handler consumes what it can by advancing the position; what it leaves is presented again,
     * with more behind it. The buffer is valid during the call only and always has an accessible array.
     *
     * @return how many bytes, counted from the position it leaves, the handler needs to get on: 0 if it does not know. The
     *     buffer is grown to hold them. A number above the limit of the network closes the connection.
     */
    int onBytes(ByteBuffer in);

    /** All pending output has been taken by the kernel. */
    void onOutputDrained();

    /**
     * The other end sends nothing more, though it may still read. There is no more {@link #onBytes}.
     *
     * @return true to keep the connection open for answers that are still due: the handler then closes it itself; false, as by
     *     default, to have it closed once the pending output is sent
     */
    default boolean onInputEnded() {
        return false;
    }

    /** The connection is gone, or was never made; always the last call. {@code reason} is a sentence for the log. */
    void onClosed(String reason);
}
