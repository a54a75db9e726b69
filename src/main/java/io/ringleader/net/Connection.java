package io.ringleader.net;

/**
 * One open byte stream, as its {@link ConnectionHandler} sees it. Owned by the loop of its {@link Network}: every method is
 * called on that loop only. Nothing is sent before the end of the burst in which it was written, so that many small answers
 * leave in one system call.
 */
public interface Connection {
    /**
     * Queues a copy of the bytes. Never blocks; the caller looks at {@link #pendingOutputBytes} to hold itself back. A write
     * that would exceed the limit of the network closes the connection. A write to a closed connection is ignored.
     */
    void write(byte[] source, int offset, int length);

    /** Bytes written but not yet taken by the kernel. */
    long pendingOutputBytes();

    /**
     * Turns reading on or off. While it is off no {@link ConnectionHandler#onBytes} is called and the peer is held back by
     * TCP. Turning it on presents the bytes that are already buffered again, in a later task.
     */
    void setReading(boolean on);

    /**
     * Sends what is pending, then closes. Further writes are ignored and nothing more is read. An end that does not take the
     * output within a bounded time is closed all the same.
     */
    void closeAfterOutput();

    /**
     * Closes at once and drops what is pending. The handler hears {@link ConnectionHandler#onClosed} once, in a later task,
     * and nothing else any more.
     */
    void close(String reason);

    /** The other end, for messages. */
    String remoteAddress();
}
