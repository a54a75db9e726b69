package io.ringleader.node;

import static io.ringleader.memcached.BinaryPackets.join;

import io.ringleader.memcached.BinaryPackets;
import io.ringleader.net.Connection;
import io.ringleader.net.ConnectionHandler;
import io.ringleader.sim.VirtualProcess;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A memcached client of a {@link OneThreadCluster}: one connection that speaks the binary protocol. */
final class BinaryClient implements ConnectionHandler {
    private static final int NOOP = 0x0a;
    private static final long PATIENCE_MILLIS = 20_000;

    private final OneThreadCluster cluster;
    private final ByteArrayOutputStream unsent = new ByteArrayOutputStream();
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private Connection connection;
    private boolean closed;

    BinaryClient(OneThreadCluster cluster, VirtualProcess process, InetSocketAddress node) {
        this.cluster = cluster;
        process.network(process.loop("client", 0), Long.MAX_VALUE).connect(node, this);
    }

    /** Sends the requests and a noop, and returns what is answered before the answer to that. */
    byte[] exchange(byte[]... requests) {
        byte[] end = BinaryPackets.response(NOOP, 0);
        send(join(join(requests), BinaryPackets.request(NOOP)));
        cluster.runUntil(() -> closed || endsWith(heard.toByteArray(), end), PATIENCE_MILLIS, "the noop is answered");
        byte[] all = heard.toByteArray();
        heard.reset();
        return closed ? all : Arrays.copyOf(all, all.length - end.length);
    }

    void send(byte[] bytes) {
        unsent.writeBytes(bytes);
        flush();
    }

    /** What was answered so far and not returned by {@link #exchange}. */
    byte[] heard() {
        return heard.toByteArray();
    }

    boolean isClosed() {
        return closed;
    }

    private static boolean endsWith(byte[] bytes, byte[] end) {
        int from = bytes.length - end.length;
        return from >= 0 && Arrays.equals(bytes, from, bytes.length, end, 0, end.length);
    }

    private void flush() {
        if (connection != null && unsent.size() > 0) {
            connection.write(unsent.toByteArray(), 0, unsent.size());
            unsent.reset();
        }
    }

    @Override
    public void onOpen(Connection opened) {
        connection = opened;
        flush();
    }

    @Override
    public int onBytes(ByteBuffer in) {
        byte[] bytes = new byte[in.remaining()];
        in.get(bytes);
        heard.writeBytes(bytes);
        return 0;
    }

    @Override
    public void onOutputDrained() {
        // Tests write little.
    }

    @Override
    public boolean onInputEnded() {
        return false;
    }

    @Override
    public void onClosed(String reason) {
        closed = true;
    }
}
