package io.ringleader.net;

/**
 * What a {@link TcpNetwork} may use at most. Everything that a remote end can make grow is here.
 *
 * @param maxConnections accepted connections that may be open at once, at least 1; those the node dials itself do not count
 * @param inputMaxBytes that one connection may hold unconsumed, at least {@code readChunkBytes}; a handler that asks for more closes it
 * @param outputMaxBytes that one connection may hold unsent, at least 1; a write beyond closes it. This is the last line of
 *     defence: a handler is expected to hold itself back long before
 * @param buffersMaxBytes that all connections may hold together, of input and of output, at least 1. Beyond it the one that
 *     holds most is closed, again and again: so many connections cannot take what one may not
 * @param readChunkBytes read from one connection in one turn of the loop, at least 512: the share of one connection
 * @param outputChunkBytes of one output buffer, at least 512; a connection with unsent output holds at least one
 * @param pooledMaxBytes kept in free buffers for reuse, at least 0, for input and for output each
 * @param connectTimeoutMillis after which an attempt to connect is given up, at least 1
 */
public record NetLimits(
        int maxConnections,
        int inputMaxBytes,
        long outputMaxBytes,
        long buffersMaxBytes,
        int readChunkBytes,
        int outputChunkBytes,
        long pooledMaxBytes,
        int connectTimeoutMillis) {
    private static final int CHUNK_MIN_BYTES = 512;
    private static final int CHUNK_MAX_BYTES = 1 << 24;

    /** Largest power of two that an {@code int} holds: buffers have sizes that are powers of two. */
    private static final int INPUT_MAX_BYTES = 1 << 30;

    public NetLimits {
        requireBetween("maxConnections", maxConnections, 1, Integer.MAX_VALUE);
        requireBetween("outputMaxBytes", outputMaxBytes, 1, Long.MAX_VALUE / 2);
        requireBetween("buffersMaxBytes", buffersMaxBytes, 1, Long.MAX_VALUE);
        requireBetween("readChunkBytes", readChunkBytes, CHUNK_MIN_BYTES, CHUNK_MAX_BYTES);
        requireBetween("inputMaxBytes", inputMaxBytes, readChunkBytes, INPUT_MAX_BYTES);
        requireBetween("outputChunkBytes", outputChunkBytes, CHUNK_MIN_BYTES, CHUNK_MAX_BYTES);
        requireBetween("pooledMaxBytes", pooledMaxBytes, 0, Long.MAX_VALUE);
        requireBetween("connectTimeoutMillis", connectTimeoutMillis, 1, Integer.MAX_VALUE);
    }

    /** Limits with 64 KiB per turn, 16 KiB output buffers, pools of 16 MiB and 3 s to connect. */
    public static NetLimits of(int maxConnections, int inputMaxBytes, long outputMaxBytes, long buffersMaxBytes) {
        int readChunkBytes = Math.max(CHUNK_MIN_BYTES, Math.min(inputMaxBytes, 64 << 10));
        return new NetLimits(
                maxConnections,
                inputMaxBytes,
                outputMaxBytes,
                buffersMaxBytes,
                readChunkBytes,
                16 << 10,
                16L << 20,
                3_000);
    }

    private static void requireBetween(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    name + " must be between " + min + " and " + max + ", but it is " + value + ".");
        }
    }
}
