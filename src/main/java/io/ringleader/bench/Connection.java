package io.ringleader.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.function.Supplier;

/**
 * One connection to a server and its requests under way. Owned by the thread of its {@link Worker}. A connection that is lost
 * is made again; what was under way counts as an error.
 */
final class Connection implements Dialect.Answers {
    static final int CONNECT_TIMEOUT_MILLIS = 5_000;
    private static final long RECONNECT_NANOS = 100_000_000L;
    private static final int BUFFER_MIN_BYTES = 32 << 10;
    /** Of the output, for what a protocol says besides requests. */
    private static final int RESERVE_BYTES = 4 << 10;

    private final int number;
    private final InetSocketAddress server;
    private final Supplier<Dialect> dialects;
    private final Pace pace;
    private final Operations operations;
    private final Tally tally;
    private final int pipeline;
    private final int requestMaxBytes;

    // Requests under way, by their number modulo the length, which is a power of two.
    private final long[] dueNanos;
    private final long[] keys;
    private final boolean[] gets;
    private final boolean[] open;
    private long first;
    private long next;
    private int underWay;

    private final ByteBuffer in;
    private final ByteBuffer out;
    private Dialect dialect;
    private SocketChannel channel;
    private SelectionKey key;
    private boolean established;
    private long reconnectAtNanos;
    private long answeredAtNanos;

    /** @param dialects makes one for each new connection; asked for requests of {@code slots(pipeline)} numbers */
    Connection(
            int number,
            InetSocketAddress server,
            int pipeline,
            int valueMaxBytes,
            Supplier<Dialect> dialects,
            Pace pace,
            Operations operations,
            Tally tally) {
        this.number = number;
        this.server = server;
        this.pipeline = pipeline;
        this.dialects = dialects;
        this.pace = pace;
        this.operations = operations;
        this.tally = tally;
        int slots = slots(pipeline);
        dueNanos = new long[slots];
        keys = new long[slots];
        gets = new boolean[slots];
        open = new boolean[slots];
        dialect = dialects.get();
        requestMaxBytes = dialect.requestMaxBytes(valueMaxBytes);
        in = ByteBuffer.allocate(Math.max(BUFFER_MIN_BYTES, dialect.answerMaxBytes(valueMaxBytes)));
        out = ByteBuffer.allocate(Math.max(BUFFER_MIN_BYTES, requestMaxBytes + 2 * RESERVE_BYTES));
    }

    /** More than are under way at once: answers may come in another order. */
    static int slots(int pipeline) {
        return Integer.highestOneBit(pipeline) * 4;
    }

    /** @throws BenchException if the server cannot be reached */
    void connect(Selector selector) throws BenchException {
        try {
            channel = SocketChannel.open();
            channel.socket().connect(server, CONNECT_TIMEOUT_MILLIS);
            channel.configureBlocking(false);
            key = channel.register(selector, SelectionKey.OP_READ, this);
            established();
        } catch (IOException e) {
            close();
            throw new BenchException("cannot connect to " + server.getHostString() + ":" + server.getPort() + ": "
                    + e.getMessage() + ". Is the server running, and are these addresses right (--servers)?");
        }
    }

    private void established() throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        established = true;
        first = 0;
        next = 0;
        dialect.begin(out);
        flush();
    }

    boolean isIdle() {
        return underWay == 0;
    }

    /** Sends all that is due and that the pipeline has room for. */
    void send(long nowNanos) {
        if (!established) {
            return;
        }
        while (underWay < pipeline
                && !open[slot(next)]
                && out.remaining() >= requestMaxBytes + RESERVE_BYTES
                && dialect.isReady(requestMaxBytes)) {
            long due = pace.take(number, nowNanos);
            if (due == Pace.NONE) {
                break;
            }
            begin(due);
        }
        try {
            flush();
        } catch (IOException e) {
            lost(nowNanos, e.getMessage());
        }
    }

    private void begin(long due) {
        operations.advance();
        int slot = slot(next);
        dueNanos[slot] = due;
        keys[slot] = operations.key;
        gets[slot] = operations.get;
        open[slot] = true;
        if (operations.get) {
            dialect.get(next, operations.key, out);
        } else {
            dialect.set(next, operations.key, operations.valueBytes, out);
        }
        next++;
        underWay++;
    }

    private void flush() throws IOException {
        if (out.position() == 0) {
            return;
        }
        out.flip();
        channel.write(out);
        out.compact();
        int wanted = out.position() == 0 ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE;
        if (key.interestOps() != wanted) {
            key.interestOps(wanted);
        }
    }

    /** The selector says that something can be done. */
    void ready(long nowNanos) {
        try {
            if (key.isConnectable()) {
                channel.finishConnect();
                key.interestOps(SelectionKey.OP_READ);
                established();
            }
            if (key.isReadable()) {
                int read = channel.read(in);
                if (read < 0) {
                    throw new IOException("the server closed the connection");
                }
                answeredAtNanos = System.nanoTime();
                parse();
            }
            send(System.nanoTime());
        } catch (IOException e) {
            lost(nowNanos, e.getMessage());
        } catch (Dialect.ProtocolException e) {
            lost(nowNanos, "not understood: " + e.getMessage());
        }
    }

    private void parse() throws Dialect.ProtocolException {
        int used = dialect.parse(in.array(), 0, in.position(), out, this);
        in.limit(in.position()).position(used);
        in.compact();
        if (!in.hasRemaining()) {
            throw new Dialect.ProtocolException("an answer of more than " + in.capacity() + " bytes");
        }
    }

    private void lost(long nowNanos, String why) {
        close();
        for (long sequence = first; sequence < next; sequence++) {
            if (open[slot(sequence)]) {
                finish(sequence, AnswerKind.CONNECTION_LOST, nowNanos, why);
            }
        }
        reconnectAtNanos = nowNanos + RECONNECT_NANOS;
    }

    /** Tries again, if this connection is lost and it is time. */
    void maintain(Selector selector, long nowNanos) {
        if (channel != null || nowNanos < reconnectAtNanos) {
            return;
        }
        try {
            dialect = dialects.get();
            in.clear();
            out.clear();
            channel = SocketChannel.open();
            channel.configureBlocking(false);
            boolean connected = channel.connect(server);
            key = channel.register(selector, connected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, this);
            if (connected) {
                established();
            }
        } catch (IOException e) {
            lost(nowNanos, e.getMessage());
        }
    }

    /** Counts what is under way and what was due and not sent. */
    void giveUp(long endNanos, long nowNanos) {
        for (long sequence = first; sequence < next; sequence++) {
            if (open[slot(sequence)]) {
                finish(sequence, AnswerKind.UNANSWERED, nowNanos, "the server said nothing");
            }
        }
        for (long due = pace.takeUnsent(number); due != Pace.NONE; due = pace.takeUnsent(number)) {
            operations.advance();
            tally.count(operations.get, AnswerKind.UNSENT, due, endNanos, null);
        }
    }

    void close() {
        established = false;
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // it is gone either way
            }
            channel = null;
        }
    }

    @Override
    public long oldest() {
        return first < next ? first : -1;
    }

    @Override
    public boolean isGet(long sequence) {
        return gets[slot(sequence)];
    }

    @Override
    public long key(long sequence) {
        return keys[slot(sequence)];
    }

    @Override
    public void answered(long sequence, AnswerKind kind, String text) {
        finish(sequence, kind, answeredAtNanos, text);
    }

    private void finish(long sequence, AnswerKind kind, long nowNanos, String text) {
        int slot = slot(sequence);
        tally.count(gets[slot], kind, dueNanos[slot], nowNanos, text);
        open[slot] = false;
        underWay--;
        while (first < next && !open[slot(first)]) {
            first++;
        }
    }

    private int slot(long sequence) {
        return (int) sequence & open.length - 1;
    }
}
