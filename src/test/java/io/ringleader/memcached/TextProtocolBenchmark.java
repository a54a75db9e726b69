package io.ringleader.memcached;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Reads requests of the text protocol, as many as one pipeline has; per request. */
@State(Scope.Thread)
public class TextProtocolBenchmark {
    private static final int REQUESTS = 16;

    @Param({"get", "set", "mg", "ms"})
    public String command;

    private final TextProtocol protocol = new TextProtocol(Limits.ofItemMaxBytes(1 << 20));
    private final LastKey handler = new LastKey();
    private ByteBuffer in;

    /** Makes the input. */
    @Setup
    public void setUp() {
        StringBuilder input = new StringBuilder();
        for (int i = 0; i < REQUESTS; i++) {
            String key = String.format("key:%016d", i);
            String value = "v".repeat(100) + "\r\n";
            input.append(
                    switch (command) {
                        case "get" -> "get " + key + "\r\n";
                        case "set" -> "set " + key + " 0 0 100\r\n" + value;
                        case "mg" -> "mg " + key + " v\r\n";
                        default -> "ms " + key + " 100\r\n" + value;
                    });
        }
        in = ByteBuffer.wrap(input.toString().getBytes(StandardCharsets.US_ASCII));
    }

    /** Returns what was read, so that reading cannot be left out. */
    @Benchmark
    @OperationsPerInvocation(REQUESTS)
    public long read() {
        in.position(0);
        protocol.consume(in, handler);
        return handler.sum;
    }

    private static final class LastKey implements RequestHandler {
        long sum;

        @Override
        public boolean begin(Kind kind, int commands) {
            return true;
        }

        @Override
        public void command(Request request) {
            sum += request.keyLength();
        }

        @Override
        public void endOfKeys() {
            sum++;
        }

        @Override
        public void answer(byte[] bytes) {
            throw new IllegalStateException("The input is wrong: " + new String(bytes, StandardCharsets.US_ASCII));
        }

        @Override
        public void login(boolean accepted, byte[] answer) {}

        @Override
        public void stats(String argument, StatsWriter writer) {}

        @Override
        public void version(VersionWriter writer) {}

        @Override
        public void administer(Administration administration) {}

        @Override
        public void quit() {}

        @Override
        public void close(String reason) {}
    }
}
