package io.ringleader.net;

import java.nio.ByteBuffer;

/** What happens on one connection. Every method runs on the loop of the {@link Network} that owns the connection. */
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

    /** The connection is gone, or was never made; always the last call. {@code reason} is a sentence for the log. */
    void onClosed(String reason);
}
