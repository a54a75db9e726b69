package io.ringleader.sim;

import io.ringleader.net.Connection;
import io.ringleader.net.ConnectionHandler;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A memcached client of a {@link SimCluster}: one connection that speaks the text protocol. */
public final class TextClient implements ConnectionHandler {
    /** What an answer is if the connection ends before it has come. */
    public static final String LOST = "(connection lost)";

    private final VirtualWorld world;
    private final long patienceMillis;
    private final Supplier<String> traceOnFailure;
    private final Tracing tracing;
    private final int number;
    private final StringBuilder input = new StringBuilder();
    /** Bytes of the answer at the front of the input that were looked at. */
    private int scanned;

    private final ArrayDeque<Consumer<String>> waiting = new ArrayDeque<>();
    private final List<String> unasked = new ArrayList<>();
    private final StringBuilder unsent = new StringBuilder();
    private Connection connection;
    private boolean closed;
    private boolean saidAll;

    /** @param patienceMillis how long {@link #ask} waits */
    TextClient(
            VirtualWorld world,
            VirtualProcess process,
            InetSocketAddress node,
            long patienceMillis,
            Supplier<String> traceOnFailure,
            Tracing tracing) {
        this.world = world;
        this.patienceMillis = patienceMillis;
        this.traceOnFailure = traceOnFailure;
        this.tracing = tracing;
        number = tracing.clientIsThere();
        process.network(process.loop("client", 0), Long.MAX_VALUE).connect(node, this);
    }

    /** A storage command with its value. */
    public static String set(String key, int exptime, String value) {
        return "set " + key + " 0 " + exptime + " " + value.length() + "\r\n" + value;
    }

    // ---- asking

    /** Sends the command and its line end; the answer is given to the consumer, without its last line end. */
    public void send(String command, Consumer<String> answer) {
        if (closed) {
            answer.accept(LOST);
            return;
        }
        waiting.add(tracing.asked(number, command, answer));
        sendOnly(command + "\r\n");
    }

    /** Sends the text as it is; what is answered to it goes to whoever waits longest, or to {@link #unasked}. */
    public void sendOnly(String text) {
        unsent.append(text);
        flush();
    }

    private void flush() {
        if (connection != null && unsent.length() > 0) {
            byte[] bytes = unsent.toString().getBytes(StandardCharsets.ISO_8859_1);
            unsent.setLength(0);
            connection.write(bytes, 0, bytes.length);
        }
    }

    /** Sends the command and runs the world until the answer is there. */
    public String ask(String command) {
        String[] answer = new String[1];
        send(command, text -> answer[0] = text);
        if (!world.runUntil(() -> answer[0] != null, patienceMillis)) {
            throw new AssertionError("No answer within " + patienceMillis + " ms to: "
                    + command.substring(0, Math.min(100, command.length())) + "\n" + traceOnFailure.get());
        }
        return answer[0];
    }

    /** The value of one key; null if there is none. Fails on any other answer. */
    public String value(String key) {
        String answer = ask("get " + key);
        if (answer.equals("END")) {
            return null;
        }
        if (!answer.startsWith("VALUE ")) {
            throw new AssertionError("get " + key + " was answered " + answer + ".\n" + traceOnFailure.get());
        }
        int start = answer.indexOf("\r\n") + 2;
        return answer.substring(start, answer.length() - "\r\nEND".length());
    }

    /** Answers that nobody waited for. */
    public List<String> unasked() {
        return unasked;
    }

    public int waiting() {
        return waiting.size();
    }

    public boolean isClosed() {
        return closed;
    }

    /** The node has closed its side in good order: no answer is missing. */
    public boolean endedInOrder() {
        return saidAll;
    }

    public void setReading(boolean on) {
        connection.setReading(on);
    }

    /** Says that nothing more comes. Answers may. */
    public void endOutput() {
        VirtualWorld.endOutput(connection);
    }

    public void close() {
        if (connection != null) {
            connection.close("the client is done");
        }
    }

    // ---- the connection

    @Override
    public void onOpen(Connection opened) {
        connection = opened;
        flush();
    }

    @Override
    public int onBytes(ByteBuffer in) {
        input.append(StandardCharsets.ISO_8859_1.decode(in));
        int end = endOfAnswer();
        int start = 0;
        while (end > 0) {
            String answer = input.substring(start, end - 2);
            start = end;
            scanned = end;
            Consumer<String> asker = waiting.poll();
            if (asker == null) {
                unasked.add(answer);
            } else {
                asker.accept(answer);
            }
            end = endOfAnswer();
        }
        input.delete(0, start);
        scanned -= start;
        return 0;
    }

    /** Where the answer ends that begins where the last one ended; 0 if it is not complete. Lines are looked at once. */
    private int endOfAnswer() {
        while (true) {
            int lineEnd = input.indexOf("\r\n", scanned);
            if (lineEnd < 0) {
                return 0;
            }
            String line = input.substring(scanned, lineEnd);
            if (line.startsWith("VALUE ")) {
                int dataEnd = lineEnd + 2 + Integer.parseInt(line.split(" ")[3]) + 2;
                if (input.length() < dataEnd) {
                    return 0;
                }
                scanned = dataEnd;
            } else if (line.startsWith("VA ")) {
                int dataEnd = lineEnd + 2 + Integer.parseInt(line.split(" ")[1]) + 2;
                return input.length() < dataEnd ? 0 : dataEnd;
            } else if (line.startsWith("STAT ")) {
                scanned = lineEnd + 2;
            } else {
                return lineEnd + 2;
            }
        }
    }

    @Override
    public void onOutputDrained() {
        // It writes little.
    }

    @Override
    public boolean onInputEnded() {
        saidAll = true;
        return false;
    }

    @Override
    public void onClosed(String reason) {
        closed = true;
        while (!waiting.isEmpty()) {
            waiting.poll().accept(LOST);
        }
        tracing.clientIsGone(number);
    }
}
