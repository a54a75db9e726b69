package io.ringleader.net;

/**
 * One open byte stream, as its {@link ConnectionHandler} sees it. Owned by the loop of its {@link Network}: every method is
 * called on that loop only. Nothing is sent before the end of the burst in which it was written, so that many small answers
 * leave in one system call.
 */
public interface Connection {
    /** Queues a copy of the bytes. Never blocks; the caller looks at {@link #pendingOutputBytes} to hold itself back. */
    void write(byte[] source, int offset, int length);

    /** Bytes written but not yet taken by the kernel. */
    long pendingOutputBytes();

    /**
     * Turns reading on or off. While it is off no {@link ConnectionHandler#onBytes} is called and the peer is held back by
     * TCP. Turning it on presents the bytes that are already buffered again, in a later task.
     */
    void setReading(boolean on);

    /** Sends what is pending, then closes. Further writes are ignored. */
    void closeAfterOutput();

    /** Closes at once and drops what is pending. The handler hears {@link ConnectionHandler#onClosed} once. */
    void close(String reason);

    /** The other end, for messages. */
    String remoteAddress();
}
