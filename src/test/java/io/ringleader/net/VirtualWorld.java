package io.ringleader.net;

import io.ringleader.loop.Clock;
import io.ringleader.loop.Loop;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/** Time, loops and a network in one thread: what happens depends on the seed and on nothing else. */
final class VirtualWorld implements Clock {
    private static final long LATENCY_NANOS = 1_000_000;

    private record Event(long atNanos, long sequence, Runnable task) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Map<InetSocketAddress, Supplier<ConnectionHandler>> listeners = new HashMap<>();
    private final Set<VirtualConnection> open = new HashSet<>();
    private final Random random;
    private long nowNanos = Long.MAX_VALUE - 5_000_000_000L; // the clock wraps around early on
    private long elapsedNanos;
    private long nextSequence;

    /** While set, bytes are lost and connections are neither made nor refused: a cable that was pulled. */
    boolean cut;

    int connectionsMade;

    VirtualWorld(long seed) {
        random = new Random(seed);
    }

    Random random() {
        return random;
    }

    @Override
    public long monotonicNanos() {
        return nowNanos;
    }

    @Override
    public long wallMillis() {
        return elapsedNanos / 1_000_000;
    }

    private void at(long delayNanos, Runnable task) {
        events.add(new Event(elapsedNanos + delayNanos, nextSequence++, task));
    }

    void runMillis(long millis) {
        long untilNanos = elapsedNanos + millis * 1_000_000;
        while (!events.isEmpty() && events.peek().atNanos() <= untilNanos) {
            Event event = events.poll();
            advanceTo(event.atNanos());
            event.task().run();
        }
        advanceTo(untilNanos);
    }

    /** The whole machine stands still: time passes, nothing runs. */
    void standStillMillis(long millis) {
        advanceTo(elapsedNanos + millis * 1_000_000);
    }

    private void advanceTo(long nanos) {
        if (nanos > elapsedNanos) {
            nowNanos += nanos - elapsedNanos;
            elapsedNanos = nanos;
        }
    }

    /** Ends all connections at once, as both machines see it. */
    void resetConnections() {
        for (VirtualConnection connection : Set.copyOf(open)) {
            connection.close("reset");
        }
    }

    int openConnections() {
        return open.size();
    }

    Loop loop() {
        return new Loop() {
            @Override
            public void execute(Runnable task) {
                at(0, task);
            }

            @Override
            public void schedule(long delayNanos, Runnable task) {
                at(delayNanos, task);
            }

            @Override
            public void atEndOfBurst(Runnable hook) {
                throw new UnsupportedOperationException("Peers need no hooks.");
            }
        };
    }

    Network network() {
        return new Network() {
            @Override
            public void listen(InetSocketAddress address, Supplier<ConnectionHandler> handlers) {
                listeners.put(address, handlers);
            }

            @Override
            public void connect(InetSocketAddress address, ConnectionHandler handler) {
                at(LATENCY_NANOS, () -> connectNow(address, handler));
            }
        };
    }

    void stopListening(InetSocketAddress address) {
        listeners.remove(address);
    }

    private void connectNow(InetSocketAddress address, ConnectionHandler handler) {
        if (cut) {
            return;
        }
        Supplier<ConnectionHandler> listener = listeners.get(address);
        if (listener == null) {
            handler.onClosed("connection refused");
            return;
        }
        connectionsMade++;
        VirtualConnection dialling = new VirtualConnection(handler, address.toString());
        VirtualConnection accepting = new VirtualConnection(listener.get(), "dialler:" + connectionsMade);
        dialling.other = accepting;
        accepting.other = dialling;
        open.add(dialling);
        open.add(accepting);
        accepting.handler.onOpen(accepting);
        dialling.handler.onOpen(dialling);
    }

    private final class VirtualConnection implements Connection {
        private final ConnectionHandler handler;
        private final String remoteAddress;
        private VirtualConnection other;
        private byte[] held = new byte[0];
        private boolean closing;
        private boolean closed;
        private long lastArrivalNanos;

        VirtualConnection(ConnectionHandler handler, String remoteAddress) {
            this.handler = handler;
            this.remoteAddress = remoteAddress;
        }

        @Override
        public void write(byte[] source, int offset, int length) {
            if (closing || closed) {
                return;
            }
            int end = offset + length;
            for (int from = offset; from < end; ) {
                int count = 1 + random.nextInt(Math.min(end - from, 2_000));
                byte[] piece = Arrays.copyOfRange(source, from, from + count);
                arrive(() -> other.receive(piece));
                from += count;
            }
        }

        /** In order, each some time after it was sent. */
        private void arrive(Runnable what) {
            if (cut) {
                return;
            }
            long delayNanos = LATENCY_NANOS + random.nextInt(50_000);
            lastArrivalNanos = Math.max(lastArrivalNanos, elapsedNanos + delayNanos);
            at(lastArrivalNanos - elapsedNanos, what);
        }

        private void receive(byte[] piece) {
            if (closed || closing || cut) {
                return;
            }
            int heldBytes = held.length;
            held = Arrays.copyOf(held, heldBytes + piece.length);
            System.arraycopy(piece, 0, held, heldBytes, piece.length);
            ByteBuffer in = ByteBuffer.wrap(held);
            handler.onBytes(in);
            held = Arrays.copyOfRange(held, in.position(), held.length);
        }

        @Override
        public long pendingOutputBytes() {
            return 0;
        }

        @Override
        public void setReading(boolean on) {
            throw new UnsupportedOperationException("Peers always read.");
        }

        @Override
        public void closeAfterOutput() {
            closing = true;
            arrive(() -> other.close("closed by the other end"));
        }

        @Override
        public void close(String reason) {
            if (closed) {
                return;
            }
            closed = true;
            open.remove(this);
            arrive(() -> other.close("closed by the other end"));
            at(0, () -> handler.onClosed(reason));
        }

        @Override
        public String remoteAddress() {
            return remoteAddress;
        }
    }
}
