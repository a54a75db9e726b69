package io.ringleader.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Merges the output of several processes into one stream, whole lines at a time, each with a prefix that says whose it is. Any
 * thread may write; lines are written under one lock.
 */
final class MergedLog {
    /** A longer line is broken, so that a process that never ends its line cannot fill the memory. */
    static final int LINE_MAX_BYTES = 16 * 1024;

    private static final int[] COLOURS = {36, 33, 35, 32, 34, 96, 93, 95, 92, 94};
    private static final byte[] RESET = "\u001B[0m".getBytes(StandardCharsets.US_ASCII);

    private final PrintStream out;
    private final boolean coloured;

    MergedLog(PrintStream out, boolean coloured) {
        this.out = out;
        this.coloured = coloured;
    }

    /** A line of the supervisor itself. */
    synchronized void say(String line) {
        out.println("** | " + line);
        out.flush();
    }

    /** Lines without a prefix, kept together. */
    synchronized void sayPlain(String lines) {
        out.println(lines);
        out.flush();
    }

    /** Copies lines until the stream ends. A last line without an end gets one. */
    void copy(int nodeId, InputStream in) {
        byte[] prefix = prefix(nodeId);
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        byte[] buffer = new byte[8 * 1024];
        try {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                for (int i = 0; i < count; i++) {
                    if (buffer[i] == '\n' || line.size() == LINE_MAX_BYTES) {
                        write(prefix, line);
                    }
                    if (buffer[i] != '\n') {
                        line.write(buffer[i]);
                    }
                }
            }
        } catch (IOException e) {
            // the pipe of a process that was killed may break instead of ending: there is no more to copy either way
            say("The output of node " + nodeId + " ended: " + e.getMessage());
        }
        if (line.size() > 0) {
            write(prefix, line);
        }
    }

    private byte[] prefix(int nodeId) {
        String name = "n" + nodeId + " | ";
        String colour = coloured ? "\u001B[" + COLOURS[nodeId % COLOURS.length] + "m" : "";
        return (colour + name).getBytes(StandardCharsets.US_ASCII);
    }

    private synchronized void write(byte[] prefix, ByteArrayOutputStream line) {
        out.write(prefix, 0, prefix.length);
        if (coloured) {
            out.write(RESET, 0, RESET.length);
        }
        byte[] bytes = line.toByteArray();
        out.write(bytes, 0, bytes.length);
        out.write('\n');
        out.flush();
        line.reset();
    }
}
