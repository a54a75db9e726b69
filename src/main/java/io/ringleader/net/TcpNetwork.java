package io.ringleader.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TCP connections on a {@link SelectorLoop}, with limits of their own: what its remote ends do costs no other network of that loop its
 * room. Owned by the loop.
 */
public final class TcpNetwork implements Network {
    private static final Logger log = LoggerFactory.getLogger(TcpNetwork.class);

    private static final int INPUT_BUFFER_MIN_BYTES = 512;
    private static final int ACCEPT_BACKLOG = 1024;
    private static final int REFUSALS_MAX = 64;
    /** Read from all connections together in one turn, about: what shares the loop with many busy ones has its turn soon. */
    private static final int READ_CHUNKS_PER_TURN = 16;
    /** Read from each in any case: they are always ready in the same order, and the last must not wait for ever. */
    private static final int READ_MIN_BYTES = 512;

    private final SelectorLoop loop;
    private final NetLimits limits;
    private final byte[] refusal;
    private final List<InetSocketAddress> boundAddresses = new CopyOnWriteArrayList<>();

    private final BufferPool inputPool;
    private final BufferPool outputPool;
    private final ByteBuffer sharedInput;

    /** Clients that are being told that there is no room. */
    private int refusals;

    private long turn;
    private int turnReads;
    private int lastTurnReads;
    private long turnBytesIn;

    // Written by the loop only; volatile so that any thread may read them.
    private volatile int connectionsCurrent;
    private volatile long connectionsTotal;
    private volatile long connectionsRejected;
    private volatile long bytesIn;
    private volatile long bytesOut;

    /** @param refusal sent to a client for which there is no room; may be empty */
    public TcpNetwork(SelectorLoop loop, NetLimits limits, byte[] refusal) {
        this.loop = Objects.requireNonNull(loop, "loop");
        this.limits = Objects.requireNonNull(limits, "limits");
        this.refusal = refusal.clone();
        inputPool = new BufferPool(false, INPUT_BUFFER_MIN_BYTES, limits.pooledMaxBytes());
        outputPool = new BufferPool(true, limits.outputChunkBytes(), limits.pooledMaxBytes());
        sharedInput = ByteBuffer.allocate(2 * limits.readChunkBytes());
    }

    @Override
    public void listen(InetSocketAddress address, Supplier<ConnectionHandler> handlers) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(address, ACCEPT_BACKLOG);
            SelectionKey key = channel.register(loop.selector(), SelectionKey.OP_ACCEPT);
            key.attach(new Acceptor(this, channel, key, handlers));
            boundAddresses.add((InetSocketAddress) channel.getLocalAddress());
        } catch (IOException | RuntimeException e) {
            SelectorLoop.closeQuietly(channel);
            throw new IOException("Cannot listen at " + describe(address) + ": " + SelectorLoop.describe(e), e);
        }
    }

    @Override
    public void stopListening() {
        loop.requireLoopThread();
        for (SelectionKey key : loop.selector().keys()) {
            if (key.attachment() instanceof Acceptor acceptor && acceptor.isOf(this)) {
                acceptor.close();
            }
        }
    }

    /** Where it listens, in the order of the calls to {@link #listen}: with the real port where 0 was asked for. */
    public List<InetSocketAddress> boundAddresses() {
        return List.copyOf(boundAddresses);
    }

    /** {@inheritDoc} An address that is not resolved is resolved anew at each call, on a thread of its own. */
    @Override
    public void connect(InetSocketAddress address, ConnectionHandler handler) {
        loop.requireLoopThread();
        if (!address.isUnresolved()) {
            connectResolved(address, handler);
            return;
        }
        loop.resolve(() -> {
            InetSocketAddress resolved = new InetSocketAddress(address.getHostString(), address.getPort());
            loop.execute(() -> connectResolved(resolved, handler));
        });
    }

    private void connectResolved(InetSocketAddress address, ConnectionHandler handler) {
        if (address.isUnresolved()) {
            TcpConnection.callClosed(handler, "cannot connect to " + describe(address) + ": the host name is unknown");
            return;
        }
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open();
            configure(channel);
            TcpConnection connection = new TcpConnection(this, channel, handler, false, describe(address));
            boolean connected = channel.connect(address);
            connection.setKey(channel.register(loop.selector(), connected ? 0 : SelectionKey.OP_CONNECT, connection));
            if (connected) {
                loop.execute(connection::open);
            } else {
                long timeoutNanos = limits.connectTimeoutMillis() * 1_000_000L;
                loop.schedule(timeoutNanos, () -> connection.connectTimedOut(limits.connectTimeoutMillis()));
            }
        } catch (IOException | RuntimeException e) {
            SelectorLoop.closeQuietly(channel);
            String reason = "cannot connect to " + describe(address) + ": " + SelectorLoop.describe(e);
            loop.execute(() -> TcpConnection.callClosed(handler, reason));
        }
    }

    /** A connection has come in; called by an acceptor, which closes the channel if this throws. */
    void accepted(SocketChannel channel, Supplier<ConnectionHandler> handlers) throws IOException {
        InetSocketAddress remote = (InetSocketAddress) channel.getRemoteAddress();
        if (connectionsCurrent >= limits.maxConnections()) {
            refuse(channel, remote);
            return;
        }
        configure(channel);
        TcpConnection connection = new TcpConnection(this, channel, handlers.get(), true, describe(remote));
        connection.setKey(channel.register(loop.selector(), 0, connection));
        connectionsTotal = connectionsTotal + 1;
        connectionsCurrent = connectionsCurrent + 1;
        connection.open();
    }

    /**
     * Says why and closes. For a moment this costs a connection beyond the limit, because one that is closed at once may lose
     * the message; so there are only a few of these, and in a flood the rest gets no explanation.
     */
    private void refuse(SocketChannel channel, InetSocketAddress remote) throws IOException {
        connectionsRejected = connectionsRejected + 1;
        if (refusals >= REFUSALS_MAX) {
            channel.close();
            return;
        }
        configure(channel);
        TcpConnection connection = new TcpConnection(this, channel, new Refuser(), false, describe(remote));
        connection.setKey(channel.register(loop.selector(), 0, connection));
        refusals++;
        connection.open();
    }

    /** Tells a client that there is no room. */
    private final class Refuser implements ConnectionHandler {
        @Override
        public void onOpen(Connection connection) {
            connection.write(refusal, 0, refusal.length);
            connection.closeAfterOutput();
        }

        @Override
        public int onBytes(ByteBuffer in) {
            in.position(in.limit());
            return 0;
        }

        @Override
        public void onOutputDrained() {
            // Closing is under way.
        }

        @Override
        public void onClosed(String reason) {
            refusals--;
        }
    }

    private static void configure(SocketChannel channel) throws IOException {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    }

    // ---- for connections and acceptors

    SelectorLoop loop() {
        return loop;
    }

    NetLimits limits() {
        return limits;
    }

    BufferPool inputPool() {
        return inputPool;
    }

    BufferPool outputPool() {
        return outputPool;
    }

    /** A buffer of two read chunks that every connection uses for the time of one read. */
    ByteBuffer sharedInput() {
        return sharedInput;
    }

    /** Called when a connection has come to hold more: if that is too much for all of them together, the largest is closed. */
    void limitBuffers() {
        while (inputPool.inUseBytes() + outputPool.inUseBytes() > limits.buffersMaxBytes()) {
            TcpConnection largest = null;
            for (SelectionKey key : loop.selector().keys()) {
                if (key.attachment() instanceof TcpConnection connection
                        && connection.isOf(this)
                        && connection.heldBytes() > (largest == null ? 0 : largest.heldBytes())) {
                    largest = connection;
                }
            }
            if (largest == null) {
                return;
            }
            log.warn(
                    "Closing {}: it holds {} bytes, and all connections together more than {}.",
                    largest.remoteAddress(),
                    largest.heldBytes(),
                    limits.buffersMaxBytes());
            largest.close("too many bytes wait in all connections together, and most of them in this one");
        }
    }

    void connectionClosed(TcpConnection connection) {
        if (connection.isAccepted()) {
            connectionsCurrent = connectionsCurrent - 1;
        }
    }

    /** For the next read: an even share of the turn, as many connections as were ready in the one before. */
    int readMaxBytes() {
        if (turn != loop.turns()) {
            turn = loop.turns();
            lastTurnReads = turnReads;
            turnReads = 0;
            turnBytesIn = 0;
        }
        turnReads++;
        int budgetBytes = READ_CHUNKS_PER_TURN * limits.readChunkBytes();
        int shareBytes = Math.min(limits.readChunkBytes(), budgetBytes / Math.max(1, lastTurnReads));
        return turnBytesIn >= budgetBytes ? READ_MIN_BYTES : Math.max(READ_MIN_BYTES, shareBytes);
    }

    void countBytesIn(long bytes) {
        turnBytesIn += bytes;
        bytesIn = bytesIn + bytes;
    }

    void countBytesOut(long bytes) {
        bytesOut = bytesOut + bytes;
    }

    /** What it has done so far. Any thread may call it. */
    public NetStats stats() {
        long buffersInUseBytes = inputPool.inUseBytes() + outputPool.inUseBytes();
        return new NetStats(
                connectionsCurrent, connectionsTotal, connectionsRejected, bytesIn, bytesOut, buffersInUseBytes);
    }

    private static String describe(InetSocketAddress address) {
        String host = address.isUnresolved()
                ? address.getHostString()
                : address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
