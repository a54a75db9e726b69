package io.ringleader.net;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listening socket of a {@link TcpNetwork}. Owned by its loop. */
final class Acceptor implements SelectorLoop.Pollable {
    private static final Logger log = LoggerFactory.getLogger(Acceptor.class);

    /** Connections accepted in one turn: a flood of them must not keep the others waiting. */
    private static final int ACCEPTS_PER_TURN_MAX = 64;

    /**
     * A connection that cannot be accepted, for want of file descriptors, stays in the kernel's queue and the socket stays
     * ready: without a pause the loop would spin.
     */
    private static final long PAUSE_NANOS = 100_000_000L;

    private static final long LOG_INTERVAL_NANOS = 10_000_000_000L;

    private final TcpNetwork network;
    private final ServerSocketChannel channel;
    private final SelectionKey key;
    private final Supplier<ConnectionHandler> handlers;
    private boolean logged;
    private long lastLoggedNanos;

    Acceptor(TcpNetwork network, ServerSocketChannel channel, SelectionKey key, Supplier<ConnectionHandler> handlers) {
        this.network = network;
        this.channel = channel;
        this.key = key;
        this.handlers = handlers;
    }

    @Override
    public void onReady(SelectionKey readyKey) {
        for (int count = 0; count < ACCEPTS_PER_TURN_MAX; count++) {
            SocketChannel accepted;
            try {
                accepted = channel.accept();
            } catch (IOException e) {
                pause(e);
                return;
            }
            if (accepted == null) {
                return;
            }
            try {
                network.accepted(accepted, handlers);
            } catch (IOException e) {
                SelectorLoop.closeQuietly(accepted); // it was gone before it was here: no more than that
                log.debug("A new connection failed.", e);
            } catch (RuntimeException e) {
                SelectorLoop.closeQuietly(accepted);
                log.error("A new connection is closed: no handler could be made for it.", e);
            }
        }
    }

    private void pause(IOException e) {
        long nowNanos = System.nanoTime();
        if (!logged || nowNanos - lastLoggedNanos >= LOG_INTERVAL_NANOS) {
            logged = true;
            lastLoggedNanos = nowNanos;
            log.warn("Cannot accept connections at the moment, trying again: {}.", SelectorLoop.describe(e));
        }
        key.interestOps(0);
        network.loop().schedule(PAUSE_NANOS, () -> {
            if (key.isValid()) {
                key.interestOps(SelectionKey.OP_ACCEPT);
            }
        });
    }

    boolean isOf(TcpNetwork other) {
        return network == other;
    }

    void close() {
        SelectorLoop.closeQuietly(channel);
    }
}
