package io.ringleader.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Supplier;

/**
 * Byte streams in and out of a node, bound to one {@link io.ringleader.loop.Loop}: all handlers of a network run on its loop.
 * {@link TcpNetwork} is the real one; a simulation brings its own, which may delay, split, cut and lose.
 */
public interface Network {
    /**
     * Accepts connections at the address and gives each a new handler. Must be called before the loop starts or on it.
     *
     * @throws IOException if the address cannot be bound; the message names the address
     */
    void listen(InetSocketAddress address, Supplier<ConnectionHandler> handlers) throws IOException;

    /** Accepts no more connections, at any address; those there are stay. Must be called on the loop. */
    void stopListening();

    /**
     * Begins to connect. The handler hears {@link ConnectionHandler#onOpen} or, when that fails, only
     * {@link ConnectionHandler#onClosed}. Must be called on the loop.
     */
    void connect(InetSocketAddress address, ConnectionHandler handler);
}
