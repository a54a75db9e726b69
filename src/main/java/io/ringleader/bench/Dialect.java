package io.ringleader.bench;

import java.nio.ByteBuffer;

/**
 * A protocol, as one connection speaks it: writes requests and reads answers. Pure; owned by the thread of its connection.
 * Requests are numbered from 0 within a connection.
 */
interface Dialect {
    /** Where the answers that were read go to, and what is known of the requests. */
    interface Answers {
        /** The first request that has no answer yet, or -1. */
        long oldest();

        boolean isGet(long sequence);

        long key(long sequence);

        /** @param text what the server said, or null; asked for only if it went wrong */
        void answered(long sequence, AnswerKind kind, String text);
    }

    /** The bytes cannot be an answer, or tell that the connection is of no use any more. */
    final class ProtocolException extends Exception {
        private static final long serialVersionUID = 1L;

        ProtocolException(String message) {
            super(message);
        }
    }

    /** What is sent before the first request. */
    void begin(ByteBuffer out);

    /** Whether the server is ready for a request of that size. */
    boolean isReady(int requestBytes);

    /** Of one request whose value has the given length: no more bytes than that. */
    int requestMaxBytes(int valueBytes);

    /** Of an answer: no more bytes than that. */
    int answerMaxBytes(int valueBytes);

    void get(long sequence, long key, ByteBuffer out);

    void set(long sequence, long key, int valueBytes, ByteBuffer out);

    /**
     * Reads all whole answers.
     *
     * @param out for what the protocol itself wants said
     * @return up to where the bytes are used up; the rest is presented again with more behind it
     */
    int parse(byte[] in, int from, int to, ByteBuffer out, Answers answers) throws ProtocolException;
}
