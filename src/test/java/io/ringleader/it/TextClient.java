package io.ringleader.it;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A client of one node that does no more than it is told: sends bytes, and reads lines and blocks. Texts are Latin-1, so that
 * every byte is one character. Every read has a time limit. Used by one thread.
 */
public final class TextClient implements Closeable {
    /** Longer than any command timeout that the tests configure. */
    private static final Duration USUAL_PATIENCE = Duration.ofSeconds(20);

    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;

    TextClient(int port) throws IOException {
        this(port, USUAL_PATIENCE);
    }

    /** @param patience for any single read, and to connect */
    TextClient(int port, Duration patience) throws IOException {
        this(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), patience);
    }

    /** @param patience for any single read, and to connect */
    public TextClient(InetSocketAddress address, Duration patience) throws IOException {
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) patience.toMillis());
            socket.connect(address, (int) patience.toMillis());
            in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
            out = socket.getOutputStream();
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Changes the limit for any single read. */
    public void waitAtMost(Duration patience) throws IOException {
        socket.setSoTimeout((int) patience.toMillis());
    }

    public void send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    public void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The next line without its end. */
    public String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("The node closed the connection after \"" + text(line) + "\".");
            }
            line.write(b);
        }
        String text = text(line);
        if (!text.endsWith("\r")) {
            throw new IOException("A line does not end with CR LF: \"" + text + "\".");
        }
        return text.substring(0, text.length() - 1);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    /** Exactly so many bytes. */
    public String block(int bytes) throws IOException {
        byte[] block = in.readNBytes(bytes);
        if (block.length < bytes) {
            throw new EOFException("The node closed the connection within a block of " + bytes + " bytes.");
        }
        return new String(block, StandardCharsets.ISO_8859_1);
    }

    /** Everything until the node closes the connection. A reset is an end too: the node had not read all that was sent. */
    public String rest() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            in.transferTo(all);
        } catch (java.net.SocketException e) {
            return text(all);
        }
        return text(all);
    }

    /** No more will be sent. */
    public void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    // ---- one command, one answer

    public String command(String line) throws IOException {
        send(line + "\r\n");
        return line();
    }

    public String store(String verb, String key, String value) throws IOException {
        return command(verb + " " + key + " 0 0 " + value.length() + "\r\n" + value);
    }

    public String set(String key, String value) throws IOException {
        return store("set", key, value);
    }

    /** @throws IOException also if the answer is an error */
    public Optional<String> get(String key) throws IOException {
        return Optional.ofNullable(getAll(key).get(key));
    }

    /**
     * One {@code get} with many keys: what was found, in the order it came.
     *
     * @throws IOException also if the answer is an error
     */
    public Map<String, String> getAll(String... keys) throws IOException {
        send("get " + String.join(" ", keys) + "\r\n");
        return values();
    }

    /** Reads VALUE blocks up to END. */
    public Map<String, String> values() throws IOException {
        Map<String, String> found = new LinkedHashMap<>();
        for (String line = line(); !line.equals("END"); line = line()) {
            String[] words = line.split(" ");
            if (!words[0].equals("VALUE")) {
                throw new IOException("Neither VALUE nor END: \"" + line + "\".");
            }
            found.put(words[1], block(Integer.parseInt(words[3])));
            block(2);
        }
        return found;
    }

    /** @throws IOException also if the answer is an error */
    public Map<String, String> stats(String argument) throws IOException {
        send(("stats " + argument).strip() + "\r\n");
        Map<String, String> stats = new LinkedHashMap<>();
        for (String line = line(); !line.equals("END"); line = line()) {
            String[] words = line.split(" ", 3);
            if (words.length < 3 || !words[0].equals("STAT")) {
                throw new IOException("Neither STAT nor END: \"" + line + "\".");
            }
            stats.put(words[1], words[2]);
        }
        return stats;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
