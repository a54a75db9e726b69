package io.ringleader.sim;

import io.ringleader.loop.Loop;
import io.ringleader.net.Connection;
import io.ringleader.net.ConnectionHandler;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.function.Supplier;

/** One end of a connection of a {@link VirtualWorld}. */
final class VirtualConnection implements Connection {
    /** What the kernels of both sides and the wire hold between them, in each direction. */
    static final int WINDOW_BYTES = 64 << 10;

    private static final int PIECE_MAX_BYTES = 16 << 10;
    private static final int SMALL_PIECE_MAX_BYTES = 100;
    private static final long LINGER_NANOS = 1_000_000_000L;

    private final VirtualWorld world;
    private final VirtualProcess process;
    private final Loop loop;
    private final long outputMaxBytes;
    private final String remoteAddress;
    private final Supplier<ConnectionHandler> handlers;
    private ConnectionHandler handler;
    private VirtualConnection other;

    /** Written, and not yet taken by the kernel. */
    private final ArrayDeque<byte[]> output = new ArrayDeque<>();

    private long outputBytes;
    /** Taken by the kernel, and not yet read by the other side. */
    private long inTransitBytes;
    /** Held up because the link is cut. */
    private final ArrayDeque<Runnable> stuck = new ArrayDeque<>();

    private long lastArrivalNanos;
    private boolean flushDue;

    /** Arrived, and not yet read. */
    private final ArrayDeque<byte[]> received = new ArrayDeque<>();
    /** Read, and not consumed by the handler. */
    private byte[] held = new byte[0];

    private boolean reading = true;
    private boolean presentAgainDue;
    private boolean readDue;
    private boolean endArrived;
    private boolean inputEnded;
    private boolean closing;
    private boolean halfClosed;
    private boolean endSent;
    private boolean closed;

    VirtualConnection(
            VirtualWorld world,
            VirtualProcess process,
            Loop loop,
            long outputMaxBytes,
            String remoteAddress,
            Supplier<ConnectionHandler> handlers) {
        this.world = world;
        this.process = process;
        this.loop = loop;
        this.outputMaxBytes = outputMaxBytes;
        this.remoteAddress = remoteAddress;
        this.handlers = handlers;
    }

    void join(VirtualConnection otherEnd) {
        other = otherEnd;
        otherEnd.other = this;
    }

    VirtualProcess process() {
        return process;
    }

    void open() {
        world.opened(this);
        loop.execute(() -> {
            handler = handlers.get();
            handler.onOpen(this);
        });
    }

    // ---- output

    @Override
    public void write(byte[] source, int offset, int length) {
        if (closing || closed || length == 0) {
            return;
        }
        if (outputBytes + length > outputMaxBytes) {
            close("it did not read its output: more than " + outputMaxBytes + " bytes were pending");
            return;
        }
        output.add(Arrays.copyOfRange(source, offset, offset + length));
        outputBytes += length;
        flushSoon();
    }

    @Override
    public long pendingOutputBytes() {
        return outputBytes;
    }

    private void flushSoon() {
        if (!flushDue && process.isAlive()) {
            flushDue = true;
            loop.execute(this::flush);
        }
    }

    private void flush() {
        flushDue = false;
        if (closed) {
            return;
        }
        boolean hadOutput = outputBytes > 0;
        while (outputBytes > 0 && inTransitBytes < WINDOW_BYTES) {
            byte[] piece = nextPiece();
            inTransitBytes += piece.length;
            arrive(() -> other.receive(piece));
        }
        if (outputBytes > 0) {
            return;
        }
        if (closing || halfClosed) {
            sendEnd();
        } else if (hadOutput) {
            handler.onOutputDrained();
        }
    }

    private byte[] nextPiece() {
        byte[] first = output.poll();
        int bound = world.random().nextInt(4) == 0 ? SMALL_PIECE_MAX_BYTES : PIECE_MAX_BYTES;
        int count = 1 + world.random().nextInt(Math.min(first.length, bound));
        outputBytes -= count;
        if (count == first.length) {
            return first;
        }
        output.addFirst(Arrays.copyOfRange(first, count, first.length));
        return Arrays.copyOf(first, count);
    }

    /** In order, each some time after it was sent. */
    private void arrive(Runnable what) {
        long now = world.monotonicNanos();
        long arrival = now + Math.max(world.latencyNanos(), world.clogNanos(process, other.process));
        lastArrivalNanos = lastArrivalNanos == 0 || arrival - lastArrivalNanos > 0 ? arrival : lastArrivalNanos;
        world.at(lastArrivalNanos - now, null, () -> {
            if (!stuck.isEmpty() || world.isCut(process, other.process)) {
                stuck.add(what);
                world.addStuck(this);
            } else {
                what.run();
            }
        });
    }

    /** The link may be whole again; returns whether nothing is stuck any more. */
    boolean release() {
        while (!stuck.isEmpty() && !world.isCut(process, other.process)) {
            stuck.poll().run();
        }
        return stuck.isEmpty();
    }

    // ---- input

    private void receive(byte[] piece) {
        world.traceBytes(piece);
        if (!closed) {
            received.add(piece);
            readSoon();
        }
    }

    private void receiveEnd() {
        endArrived = true;
        readSoon();
    }

    private void readSoon() {
        if (!readDue && !closed && process.isAlive()) {
            readDue = true;
            loop.execute(this::read);
        }
    }

    private void read() {
        readDue = false;
        if (closed || !reading) {
            return;
        }
        int count = 0;
        for (byte[] piece : received) {
            count += piece.length;
        }
        if (count > 0) {
            int heldBytes = held.length;
            held = Arrays.copyOf(held, heldBytes + count);
            for (byte[] piece : received) {
                System.arraycopy(piece, 0, held, heldBytes, piece.length);
                heldBytes += piece.length;
            }
            received.clear();
            other.inTransitBytes -= count;
            other.flushIfWaiting();
            present();
        }
        // What was left is presented again before the end is told.
        if (endArrived && received.isEmpty() && reading && !presentAgainDue && !closed && !inputEnded) {
            inputEnded = true;
            endInput();
        }
    }

    private void flushIfWaiting() {
        if (outputBytes > 0 && !closed) {
            flushSoon();
        }
    }

    private void present() {
        if (closing) {
            held = new byte[0];
            return;
        }
        byte[] presented = held;
        ByteBuffer in = ByteBuffer.wrap(presented);
        handler.onBytes(in);
        held = Arrays.copyOfRange(presented, in.position(), presented.length);
        // The buffer of a real network is filled again: what was not copied is gone.
        Arrays.fill(presented, (byte) '#');
    }

    private void endInput() {
        if (closing && endSent) {
            close("this side had said all");
        } else if (!closing && !handler.onInputEnded()) {
            closeAfterOutput();
        }
    }

    @Override
    public void setReading(boolean on) {
        if (on == reading) {
            return;
        }
        reading = on;
        if (on && !presentAgainDue) {
            presentAgainDue = true;
            loop.execute(this::presentAgain);
        }
    }

    private void presentAgain() {
        presentAgainDue = false;
        if (reading && !closed && held.length > 0) {
            present();
        }
        read();
    }

    // ---- closing

    @Override
    public void closeAfterOutput() {
        if (!closing && !closed) {
            closing = true;
            reading = true; // to drop what still comes
            flushSoon();
        }
    }

    /** Nothing more is written, but still read. */
    void endOutput() {
        halfClosed = true;
        flushSoon();
    }

    private void sendEnd() {
        if (!endSent && halfClosed && !closing) {
            endSent = true;
            arrive(other::receiveEnd);
        } else if (closing) {
            if (!endSent) {
                endSent = true;
                arrive(other::receiveEnd);
            }
            if (inputEnded) {
                close("this side had said all");
            } else {
                loop.schedule(LINGER_NANOS, () -> close("this side had said all"));
            }
        }
    }

    @Override
    public void close(String reason) {
        if (closed) {
            return;
        }
        vanish();
        arrive(() -> other.closeFromAfar("closed by the other end"));
        loop.execute(() -> handler.onClosed(reason));
    }

    private void closeFromAfar(String reason) {
        if (process.isAlive()) {
            loop.execute(() -> {
                read(); // what arrived before
                close(reason);
            });
        }
    }

    /** The process is gone, and with it this end. */
    void kill() {
        vanish();
        arrive(() -> other.closeFromAfar("connection reset"));
    }

    /** Both ends are gone, and so is all that was on its way. */
    void lose() {
        for (VirtualConnection end : new VirtualConnection[] {this, other}) {
            if (!end.closed) {
                end.vanish();
                end.loop.execute(() -> end.handler.onClosed("connection reset"));
            }
        }
    }

    boolean isBetween(String one, String another) {
        String here = process.host();
        String there = other.process.host();
        return (here.equals(one) && there.equals(another)) || (here.equals(another) && there.equals(one));
    }

    private void vanish() {
        closed = true;
        output.clear();
        outputBytes = 0;
        received.clear();
        world.closed(this);
    }

    @Override
    public String remoteAddress() {
        return remoteAddress;
    }
}
