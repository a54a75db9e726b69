package io.ringleader.failover;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** A connection that sets small values as fast as it is told; an answer is one line. Sends on one thread, receives on one. */
final class LoadConnection implements AutoCloseable {
    private static final int VALUE_BYTES = 100;
    private static final int KEYS = 20_000;
    private static final String VALUE = "v".repeat(VALUE_BYTES);
    private static final int TIMEOUT_MILLIS = 20_000;

    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;
    private final Random random;

    LoadConnection(InetSocketAddress address, int seed) throws IOException {
        random = new Random(seed);
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(address, TIMEOUT_MILLIS);
            in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
            out = socket.getOutputStream();
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    void send(int commands) throws IOException {
        StringBuilder text = new StringBuilder(commands * (VALUE_BYTES + 40));
        for (int i = 0; i < commands; i++) {
            text.append("set load").append(random.nextInt(KEYS)).append(" 0 0 ").append(VALUE_BYTES);
            text.append("\r\n").append(VALUE).append("\r\n");
        }
        out.write(text.toString().getBytes(StandardCharsets.US_ASCII));
    }

    Outcome receive() throws IOException {
        StringBuilder line = new StringBuilder(80);
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("The node closed the connection.");
            }
            line.append((char) b);
        }
        return line.charAt(1) == 'T' ? Outcome.DONE : Outcome.ofError(line.toString());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
