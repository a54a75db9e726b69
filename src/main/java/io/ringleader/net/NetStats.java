package io.ringleader.net;

/**
 * Counters of a {@link TcpNetwork} at one moment.
 *
 * @param connectionsCurrent accepted connections that are open
 * @param connectionsTotal connections accepted since the start, without the rejected ones
 * @param connectionsRejected connections turned away because the limit was reached
 * @param bytesIn read from all connections, also from those this node dialled
 * @param bytesOut written to all connections
 * @param buffersInUseBytes size of the buffers that connections hold for pending input and output
 */
public record NetStats(
        int connectionsCurrent,
        long connectionsTotal,
        long connectionsRejected,
        long bytesIn,
        long bytesOut,
        long buffersInUseBytes) {}
