package io.ringleader.net;

import io.ringleader.loop.Loop;
import io.ringleader.loop.LoopFailureHandler;
import io.ringleader.loop.TaskQueue;
import io.ringleader.loop.ThreadLoop;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link Loop} and a {@link Network} that share one thread around one {@link Selector}.
 *
 * <p>One turn: wait for sockets, tasks or timers; handle the sockets that are ready; run a burst of tasks; run the hooks; hand
 * to the kernel what was written. Output therefore leaves once per turn and connection, however many answers it holds.
 *
 * <p>It starts with {@link #start} and ends in one of two ways. {@link #close} runs what was submitted before, gives
 * connections a second to take their output, closes them, tells their handlers, and waits for the end of the thread. A task,
 * timer or hook that throws, or an {@link Error} from a handler, ends it at once: all sockets are closed, no handler is called
 * any more, and the failure handler hears why.
 */
public final class SelectorLoop implements Loop, Network, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SelectorLoop.class);

    private static final int INPUT_BUFFER_MIN_BYTES = 512;
    private static final int ACCEPT_BACKLOG = 1024;
    private static final int REFUSALS_MAX = 64;
    private static final long CLOSE_GRACE_NANOS = 1_000_000_000L;

    /** What a key is attached to. */
    sealed interface Pollable permits TcpConnection, Acceptor {
        void onReady(SelectionKey key);
    }

    private final String name;
    private final NetLimits limits;
    private final byte[] refusal;
    private final LoopFailureHandler failureHandler;
    private final Selector selector;
    private final TaskQueue tasks;
    private final Thread thread;
    private final List<InetSocketAddress> boundAddresses = new CopyOnWriteArrayList<>();

    private final BufferPool inputPool;
    private final BufferPool outputPool;
    private final ByteBuffer sharedInput;
    private final Consumer<SelectionKey> onReady = this::onReady;

    /** Connections with output to hand to the kernel, and the list that takes those that are added while they are. */
    private List<TcpConnection> toFlush = new ArrayList<>();

    private List<TcpConnection> flushing = new ArrayList<>();

    /** Resolves host names, which blocks; made when the first one is needed. */
    private ThreadLoop resolver;

    /** Clients that are being told that there is no room. */
    private int refusals;

    private boolean stopping;

    // Written by the loop only; volatile so that any thread may read them.
    private volatile int connectionsCurrent;
    private volatile long connectionsTotal;
    private volatile long connectionsRejected;
    private volatile long bytesIn;
    private volatile long bytesOut;

    /**
     * @param name of the loop and of its thread, for messages
     * @param refusal sent to a client for which there is no room; may be empty
     */
    public SelectorLoop(String name, NetLimits limits, byte[] refusal, LoopFailureHandler failureHandler)
            throws IOException {
        this.name = Objects.requireNonNull(name, "name");
        this.limits = Objects.requireNonNull(limits, "limits");
        this.refusal = refusal.clone();
        this.failureHandler = Objects.requireNonNull(failureHandler, "failureHandler");
        inputPool = new BufferPool(false, INPUT_BUFFER_MIN_BYTES, limits.pooledMaxBytes());
        outputPool = new BufferPool(true, limits.outputChunkBytes(), limits.pooledMaxBytes());
        sharedInput = ByteBuffer.allocate(2 * limits.readChunkBytes());
        warmUp();
        selector = Selector.open();
        tasks = new TaskQueue(selector::wakeup);
        thread = new Thread(this::run, name);
    }

    /**
     * Closing a channel makes the JDK load a class that needs a file descriptor to initialise itself. Should that happen for the
     * first time when there are none, no socket of this process could be closed any more.
     */
    private static void warmUp() throws IOException {
        Selector.open().close();
        SocketChannel.open().close();
    }

    /** Starts the thread. May be called once. */
    public SelectorLoop start() {
        thread.start();
        return this;
    }

    // ------------------------------------------------------------------------------------------------------- as a loop

    @Override
    public void execute(Runnable task) {
        tasks.execute(task);
    }

    @Override
    public void schedule(long delayNanos, Runnable task) {
        tasks.schedule(delayNanos, task);
    }

    @Override
    public void atEndOfBurst(Runnable hook) {
        tasks.atEndOfBurst(hook);
    }

    /** Whether the caller runs on this loop. */
    public boolean isLoopThread() {
        return Thread.currentThread() == thread;
    }

    void requireLoopThread() {
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException("This belongs to the loop " + name + ", but it was called by the thread "
                    + Thread.currentThread().getName() + ".");
        }
    }

    @Override
    public void close() {
        if (thread.getState() == Thread.State.NEW) {
            closeAllQuietly();
            return;
        }
        execute(() -> stopping = true);
        ThreadLoop.join(thread);
    }

    private void run() {
        try {
            boolean workLeft = false;
            while (!stopping) {
                workLeft = turn(workLeft);
            }
            stop();
        } catch (Throwable cause) { // whatever it is, the state of this loop can no longer be trusted
            try {
                closeAllQuietly();
            } finally {
                ThreadLoop.report(name, cause, failureHandler);
            }
        }
    }

    /** @return whether there is work left that the queue of tasks knows nothing of */
    private boolean turn(boolean workLeft) throws IOException {
        long waitNanos = workLeft ? 0 : tasks.beginWait();
        if (waitNanos == 0) {
            selector.selectNow(onReady);
        } else if (waitNanos == TaskQueue.WAIT_FOREVER) {
            selector.select(onReady);
        } else {
            selector.select(
                    onReady, (waitNanos + 999_999) / 1_000_000); // rounded up: a timer is never early, no spinning
        }
        tasks.endWait();
        Thread.interrupted(); // a stray interrupt would close the next channel that is read
        tasks.runBurst();
        tasks.runHooks();
        return flush();
    }

    private void onReady(SelectionKey key) {
        tasks.endWait(); // awake: what the handlers submit needs no wake-up
        ((Pollable) key.attachment()).onReady(key);
    }

    /** @return whether a handler was called: what it did may be work for the hooks and for another flush */
    private boolean flush() {
        if (toFlush.isEmpty()) {
            return false;
        }
        List<TcpConnection> due = toFlush;
        toFlush = flushing;
        flushing = due;
        for (int i = 0; i < due.size(); i++) {
            due.get(i).flush();
        }
        due.clear();
        return true;
    }

    /** The orderly end: the last output leaves, as far as the other ends take it in time. */
    private void stop() throws IOException {
        stopListening();
        for (SelectionKey key : selector.keys()) {
            if (key.attachment() instanceof TcpConnection connection) {
                connection.closeAfterOutput(); // and read no more
            }
        }
        flush();
        long deadlineNanos = System.nanoTime() + CLOSE_GRACE_NANOS;
        while (anyOutputPending()) {
            long leftNanos = deadlineNanos - System.nanoTime();
            if (leftNanos <= 0) {
                break;
            }
            selector.select(onReady, (leftNanos + 999_999) / 1_000_000);
            flush();
        }
        for (SelectionKey key : selector.keys()) {
            if (key.attachment() instanceof TcpConnection connection) {
                connection.closeWithLoop("the node stops");
            }
        }
        tasks.runBurst(); // those that were closed a moment ago have yet to hear of it
        closeAllQuietly();
    }

    private boolean anyOutputPending() {
        for (SelectionKey key : selector.keys()) {
            if (key.attachment() instanceof TcpConnection connection && connection.pendingOutputBytes() > 0) {
                return true;
            }
        }
        return false;
    }

    private void closeAllQuietly() {
        for (SelectionKey key : selector.keys()) {
            closeQuietly(key.channel());
        }
        closeQuietly(selector);
        if (resolver != null) {
            resolver.execute(() -> resolver.close()); // from its own thread: it may be stuck in a look-up
        }
    }

    // ---------------------------------------------------------------------------------------------------- as a network

    @Override
    public void listen(InetSocketAddress address, Supplier<ConnectionHandler> handlers) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(address, ACCEPT_BACKLOG);
            SelectionKey key = channel.register(selector, SelectionKey.OP_ACCEPT);
            key.attach(new Acceptor(this, channel, key, handlers));
            boundAddresses.add((InetSocketAddress) channel.getLocalAddress());
        } catch (IOException | RuntimeException e) {
            closeQuietly(channel);
            throw new IOException("Cannot listen at " + describe(address) + ": " + describe(e), e);
        }
    }

    @Override
    public void stopListening() {
        requireLoopThread();
        for (SelectionKey key : selector.keys()) {
            if (key.attachment() instanceof Acceptor acceptor) {
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
        requireLoopThread();
        if (!address.isUnresolved()) {
            connectResolved(address, handler);
            return;
        }
        if (resolver == null) {
            resolver = new ThreadLoop(name + "-resolver", failureHandler).start();
        }
        resolver.execute(() -> {
            InetSocketAddress resolved = new InetSocketAddress(address.getHostString(), address.getPort());
            execute(() -> connectResolved(resolved, handler));
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
            connection.setKey(channel.register(selector, connected ? 0 : SelectionKey.OP_CONNECT, connection));
            if (connected) {
                execute(connection::open);
            } else {
                long timeoutNanos = limits.connectTimeoutMillis() * 1_000_000L;
                schedule(timeoutNanos, () -> connection.connectTimedOut(limits.connectTimeoutMillis()));
            }
        } catch (IOException | RuntimeException e) {
            closeQuietly(channel);
            String reason = "cannot connect to " + describe(address) + ": " + describe(e);
            execute(() -> TcpConnection.callClosed(handler, reason));
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
        connection.setKey(channel.register(selector, 0, connection));
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
        connection.setKey(channel.register(selector, 0, connection));
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

    // ---------------------------------------------------------------------------------------- for connections,
    // acceptors

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
            for (SelectionKey key : selector.keys()) {
                if (key.attachment() instanceof TcpConnection connection
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

    void flushAtEndOfBurst(TcpConnection connection) {
        toFlush.add(connection);
    }

    void connectionClosed(TcpConnection connection) {
        if (connection.isAccepted()) {
            connectionsCurrent = connectionsCurrent - 1;
        }
    }

    void countBytesIn(long bytes) {
        bytesIn = bytesIn + bytes;
    }

    void countBytesOut(long bytes) {
        bytesOut = bytesOut + bytes;
    }

    /** What the loop has done so far. Any thread may call it. */
    public NetStats stats() {
        long buffersInUseBytes = inputPool.inUseBytes() + outputPool.inUseBytes();
        return new NetStats(
                connectionsCurrent, connectionsTotal, connectionsRejected, bytesIn, bytesOut, buffersInUseBytes);
    }

    static void closeQuietly(Closeable closeable) {
        if (closeable == null) {
            return;
        }
        try {
            closeable.close();
        } catch (IOException e) {
            log.debug("Closing failed; the resource is given up all the same.", e);
        }
    }

    static String describe(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    static String describe(InetSocketAddress address) {
        String host = address.isUnresolved()
                ? address.getHostString()
                : address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
