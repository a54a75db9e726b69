package io.ringleader.node;

import io.ringleader.net.Connection;
import io.ringleader.net.ConnectionHandler;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A client of a {@link OneThreadCluster} that takes whatever comes, for answers without a fixed form. */
final class RawClient implements ConnectionHandler {
    private final StringBuilder received = new StringBuilder();
    private String unsent;
    private Connection connection;
    private boolean closed;

    /** Connects, and says that as soon as it can. */
    RawClient(OneThreadCluster cluster, int node, String first) {
        unsent = first;
        cluster.connect(node, this);
    }

    void says(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        connection.write(bytes, 0, bytes.length);
    }

    void setReading(boolean on) {
        connection.setReading(on);
    }

    /** All that came so far. */
    String text() {
        return received.toString();
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void onOpen(Connection opened) {
        connection = opened;
        says(unsent);
    }

    @Override
    public int onBytes(ByteBuffer in) {
        received.append(StandardCharsets.ISO_8859_1.decode(in));
        return 0;
    }

    @Override
    public void onOutputDrained() {
        // It says little.
    }

    @Override
    public void onClosed(String reason) {
        closed = true;
    }
}
