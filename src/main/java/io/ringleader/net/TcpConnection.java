package io.ringleader.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TCP connection of a {@link TcpNetwork}. Owned by its loop.
 *
 * <p>Input is read into one buffer that all connections share, and handed to the handler from there. Only what the handler
 * leaves is moved to a buffer of this connection, until the rest has come: an idle connection holds none. Input that is larger
 * than one read, a value of a megabyte say, is read straight into the buffer of the connection, so it is not copied again and
 * again.
 */
final class TcpConnection implements Connection, SelectorLoop.Pollable {
    private static final Logger log = LoggerFactory.getLogger(TcpConnection.class);

    /** An end that has been told good-bye has this long to take the rest of its output. */
    private static final long LAST_OUTPUT_TIMEOUT_NANOS = 30_000_000_000L;

    /**
     * After the last output is sent, input is read and dropped this long. Closing a socket with unread input makes the kernel
     * send a reset, and a reset can destroy, at the other end, the very bytes that said why.
     */
    private static final long LINGER_NANOS = 1_000_000_000L;

    private static final String SAID_ALL = "this side had said all";

    private enum State {
        CONNECTING,
        OPEN,
        /** {@link #closeAfterOutput} was called and output is pending. */
        LAST_OUTPUT,
        /** All output is sent and the other end knows; its input is dropped. */
        LINGERING,
        CLOSED
    }

    private final TcpNetwork network;
    private final SelectorLoop loop;
    private final SocketChannel channel;
    private final ConnectionHandler handler;
    private final boolean accepted;
    private final String remoteAddress;
    private final OutputQueue output;
    private final Runnable presentAgain = this::presentAgain;

    private SelectionKey key;
    private State state = State.CONNECTING;

    /** What the handler has left, ready to be read; null if it has left nothing. */
    private ByteBuffer input;

    /** What the handler said it needs, counted from the position of {@link #input}. */
    private int neededBytes;

    private boolean reading = true;
    private boolean inputEnded;

    /** The handler is looking at {@link #input}, which must therefore not go back to the pool. */
    private boolean presenting;

    private boolean presentAgainDue;
    private boolean flushQueued;
    private boolean waitingForKernel;

    TcpConnection(
            TcpNetwork network,
            SocketChannel channel,
            ConnectionHandler handler,
            boolean accepted,
            String remoteAddress) {
        this.network = network;
        loop = network.loop();
        this.channel = channel;
        this.handler = handler;
        this.accepted = accepted;
        this.remoteAddress = remoteAddress;
        output = new OutputQueue(network.outputPool());
    }

    void setKey(SelectionKey key) {
        this.key = key;
    }

    boolean isOf(TcpNetwork other) {
        return network == other;
    }

    boolean isAccepted() {
        return accepted;
    }

    /** The TCP connection stands: reading begins. */
    void open() {
        if (state != State.CONNECTING) {
            return;
        }
        state = State.OPEN;
        updateInterest();
        try {
            handler.onOpen(this);
        } catch (RuntimeException e) {
            handlerFailed(e);
        }
    }

    @Override
    public void onReady(SelectionKey readyKey) {
        if (state == State.CLOSED || !readyKey.isValid()) {
            return; // another connection's handler closed this one in the same turn
        }
        int ready = readyKey.readyOps();
        if (state == State.CONNECTING) {
            finishConnect();
            return;
        }
        if ((ready & SelectionKey.OP_WRITE) != 0) {
            flush();
        }
        if ((ready & SelectionKey.OP_READ) != 0) {
            read();
        }
    }

    private void finishConnect() {
        try {
            if (!channel.finishConnect()) {
                return;
            }
        } catch (IOException e) {
            close("cannot connect to " + remoteAddress + ": " + SelectorLoop.describe(e));
            return;
        }
        open();
    }

    void connectTimedOut(int timeoutMillis) {
        if (state == State.CONNECTING) {
            close("cannot connect to " + remoteAddress + ": no answer within " + timeoutMillis + " ms");
        }
    }

    // ---------------------------------------------------------------------------------------------------------- input

    private void read() {
        if (state == State.LINGERING) {
            dropInput();
            return;
        }
        if (presentAgainDue) {
            presentAgain(); // what came first is presented first
        }
        if (state != State.OPEN || !reading || inputEnded) {
            return;
        }
        int readMaxBytes = network.limits().readChunkBytes();
        int heldBytes = input == null ? 0 : input.remaining();
        boolean shared = Math.max(heldBytes, neededBytes) <= readMaxBytes;
        ByteBuffer target = shared ? sharedBufferWithHeldInput() : ownBufferWithRoom(heldBytes);
        if (target == null) {
            return;
        }
        int start = target.position();
        int end = target.limit();
        target.limit(Math.min(target.capacity(), end + network.readMaxBytes())).position(end);
        int count = receive(target);
        target.limit(target.position()).position(start);
        if (count > 0) {
            network.countBytesIn(count);
            present(target, shared);
        } else if (shared) {
            keep(target, neededBytes);
        }
        if (count < 0 && state == State.OPEN) {
            endInput();
        }
    }

    /** Reads once; -1 at the end of the input or if the connection had to be closed. */
    private int receive(ByteBuffer target) {
        try {
            return channel.read(target);
        } catch (IOException e) {
            close("reading from " + remoteAddress + " failed: " + SelectorLoop.describe(e));
            return -1;
        }
    }

    private ByteBuffer sharedBufferWithHeldInput() {
        ByteBuffer shared = network.sharedInput().clear();
        if (input != null) {
            shared.put(input);
            releaseInput();
        }
        return shared.flip();
    }

    /** The buffer of this connection with room behind what it holds, or null if there must be no more. */
    private ByteBuffer ownBufferWithRoom(int heldBytes) {
        int maxBytes = network.limits().inputMaxBytes();
        if (heldBytes >= maxBytes) {
            log.info("Closing {}: it sent {} bytes of which no use could be made.", remoteAddress, heldBytes);
            close("it sent " + heldBytes + " bytes of which no use could be made; the limit is " + maxBytes);
            return null;
        }
        // Twice what has come, not all that was announced: memory is for those who send, not for those who promise.
        int readMaxBytes = network.limits().readChunkBytes();
        int wantedBytes = (int) Math.min(maxBytes, 2L * Math.max(heldBytes, readMaxBytes));
        if (neededBytes > heldBytes) {
            wantedBytes = Math.min(wantedBytes, neededBytes);
        }
        ByteBuffer held = input;
        if (held != null && held.capacity() >= wantedBytes) {
            if (held.capacity() - held.position() < wantedBytes || held.limit() == held.capacity()) {
                held.compact().flip();
            }
            return held;
        }
        ByteBuffer larger = network.inputPool().take(wantedBytes);
        if (held != null) {
            larger.put(held);
            releaseInput();
        }
        input = larger.flip();
        network.limitBuffers();
        // This one may have been the largest.
        return input;
    }

    private void present(ByteBuffer bytes, boolean shared) {
        presenting = true;
        int needed = 0;
        try {
            needed = handler.onBytes(bytes);
        } catch (RuntimeException e) {
            handlerFailed(e);
        } finally {
            presenting = false;
        }
        if (state == State.CLOSED) {
            releaseInput();
            return;
        }
        int maxBytes = network.limits().inputMaxBytes();
        if (needed < 0 || needed > maxBytes) {
            log.info("Closing {}: a request needs {} bytes, the limit is {}.", remoteAddress, needed, maxBytes);
            close("a request needs " + needed + " bytes; the limit is " + maxBytes);
            return;
        }
        if (shared) {
            keep(bytes, needed);
        } else {
            neededBytes = needed;
            if (!bytes.hasRemaining()) {
                releaseInput();
            }
        }
    }

    /** Moves what is left in the shared buffer to one of this connection. */
    private void keep(ByteBuffer shared, int needed) {
        neededBytes = needed;
        if (shared.hasRemaining() && state == State.OPEN) {
            input = network.inputPool().take(shared.remaining());
            input.put(shared).flip();
            network.limitBuffers();
        }
    }

    private void releaseInput() {
        if (input != null && !presenting) {
            ByteBuffer released = input;
            input = null;
            network.inputPool().give(released);
        }
    }

    private void endInput() {
        inputEnded = true;
        updateInterest();
        boolean keepOpen = false;
        try {
            keepOpen = handler.onInputEnded();
        } catch (RuntimeException e) {
            handlerFailed(e);
        }
        if (!keepOpen && output.pendingBytes() > 0) {
            closeAfterOutput();
        } else if (!keepOpen && state == State.OPEN) {
            close("the other end closed the connection");
        }
    }

    private void dropInput() {
        int count = receive(network.sharedInput().clear());
        if (count < 0) {
            close(SAID_ALL);
        }
    }

    @Override
    public void setReading(boolean on) {
        loop.requireLoopThread();
        if (on == reading) {
            return;
        }
        reading = on;
        updateInterest();
        if (on && !presentAgainDue) {
            presentAgainDue = true;
            loop.execute(presentAgain);
        }
    }

    private void presentAgain() {
        if (!presentAgainDue || !reading) {
            presentAgainDue = false;
            return;
        }
        presentAgainDue = false;
        if (state == State.OPEN && input != null) {
            present(input, false);
        }
    }

    // --------------------------------------------------------------------------------------------------------- output

    @Override
    public void write(byte[] source, int offset, int length) {
        loop.requireLoopThread();
        Objects.checkFromIndexSize(offset, length, source.length);
        if (state != State.OPEN) {
            return;
        }
        long outputMaxBytes = network.limits().outputMaxBytes();
        if (output.pendingBytes() + length > outputMaxBytes) {
            log.warn(
                    "Closing {}: {} bytes of output are pending, {} more would exceed the limit of {}.",
                    remoteAddress,
                    output.pendingBytes(),
                    length,
                    outputMaxBytes);
            close("it did not read its output: more than " + outputMaxBytes + " bytes were pending");
            return;
        }
        output.append(source, offset, length);
        queueFlush();
        network.limitBuffers();
    }

    /** Bytes of buffers that only this connection can give back. */
    long heldBytes() {
        return state == State.CLOSED ? 0 : output.pendingBytes() + (input == null ? 0 : input.capacity());
    }

    @Override
    public long pendingOutputBytes() {
        return output.pendingBytes();
    }

    private void queueFlush() {
        if (!flushQueued && !waitingForKernel) {
            flushQueued = true;
            loop.flushAtEndOfBurst(this);
        }
    }

    /** Hands to the kernel what it takes; called at the end of a burst, and when a full kernel has room again. */
    void flush() {
        flushQueued = false;
        if (state == State.CLOSED || state == State.LINGERING) {
            return;
        }
        try {
            network.countBytesOut(output.writeTo(channel));
        } catch (IOException e) {
            close("writing to " + remoteAddress + " failed: " + SelectorLoop.describe(e));
            return;
        }
        waitingForKernel = output.pendingBytes() > 0;
        updateInterest();
        if (waitingForKernel) {
            return;
        }
        if (state == State.LAST_OUTPUT) {
            linger();
        } else {
            try {
                handler.onOutputDrained();
            } catch (RuntimeException e) {
                handlerFailed(e);
            }
        }
    }

    // -------------------------------------------------------------------------------------------------------- closing

    @Override
    public void closeAfterOutput() {
        loop.requireLoopThread();
        if (state != State.OPEN) {
            return;
        }
        state = State.LAST_OUTPUT;
        updateInterest();
        queueFlush();
        loop.schedule(LAST_OUTPUT_TIMEOUT_NANOS, () -> {
            if (state == State.LAST_OUTPUT) {
                close("it did not read the rest of its output in time");
            }
        });
    }

    private void linger() {
        if (inputEnded) {
            close(SAID_ALL);
            return;
        }
        try {
            channel.shutdownOutput();
        } catch (IOException e) {
            close("closing failed: " + SelectorLoop.describe(e));
            return;
        }
        state = State.LINGERING;
        releaseInput();
        updateInterest();
        loop.schedule(LINGER_NANOS, () -> close(SAID_ALL));
    }

    @Override
    public void close(String reason) {
        loop.requireLoopThread();
        if (closeQuietly()) {
            loop.execute(() -> callClosed(handler, reason));
        }
    }

    /** Closes as the loop ends: no later task will run, so the handler hears of it now. */
    void closeWithLoop(String reason) {
        if (closeQuietly()) {
            callClosed(handler, reason);
        }
    }

    /** Gives everything back without a word to the handler; false if that was done before. */
    boolean closeQuietly() {
        if (state == State.CLOSED) {
            return false;
        }
        state = State.CLOSED;
        output.clear();
        releaseInput();
        if (key != null) {
            key.cancel();
        }
        SelectorLoop.closeQuietly(channel);
        network.connectionClosed(this);
        return true;
    }

    static void callClosed(ConnectionHandler handler, String reason) {
        try {
            handler.onClosed(reason);
        } catch (RuntimeException e) {
            log.error("The handler of a connection failed as it was told of the end ({}).", reason, e);
        }
    }

    private void handlerFailed(RuntimeException e) {
        log.error("Closing {}: its handler threw an exception.", remoteAddress, e);
        close("its handler failed: " + e);
    }

    @Override
    public String remoteAddress() {
        return remoteAddress;
    }

    private void updateInterest() {
        if (key == null || !key.isValid()) {
            return;
        }
        boolean wantsInput = state == State.LINGERING || (state == State.OPEN && reading && !inputEnded);
        int interest = (wantsInput ? SelectionKey.OP_READ : 0) | (waitingForKernel ? SelectionKey.OP_WRITE : 0);
        if (interest != key.interestOps()) {
            key.interestOps(interest);
        }
    }

    @Override
    public String toString() {
        return remoteAddress + " " + state;
    }
}
