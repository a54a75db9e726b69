package io.ringleader.it;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Commands in a notation that can be kept in a file: one command a line, with its value; {@code --} ends a packet, which is
 * sent at once and whose answers are awaited. Other ends of a packet are those of {@link Ending}. A line that begins with
 * {@code #} is a remark.
 *
 * <p>In a command {@code \r \n \t \0 \\ \xHH} mean bytes, {@code \|} is a place where the sender pauses until the server has
 * seen what came before, <code>{cas:k}</code> is the CAS id last seen at key k (<code>{cas:k+1}</code> and <code>{cas:k-1}
 * </code> lie beside it), <code>{fill:n}</code> stands for n bytes, and <code>{bin ...}</code> for a request of the binary
 * protocol, see {@link BinaryNotation}. The packets of one protocol go over one connection.
 */
record Script(List<Packet> packets) {
    /** What the servers are to do behind a packet. */
    enum Ending {
        OPEN("--"),
        CLOSED("-- closed"),
        /** {@link Difference#REFUSAL_DOES_NOT_CLOSE}. */
        REFUSED("-- refused");

        final String line;

        Ending(String line) {
            this.line = line;
        }

        static Optional<Ending> of(String line) {
            return Arrays.stream(values())
                    .filter(ending -> ending.line.equals(line))
                    .findAny();
        }
    }

    record Packet(List<String> commands, Ending ending) {
        static Packet of(String... commands) {
            return new Packet(List.of(commands), Ending.OPEN);
        }

        boolean isBinary() {
            return commands.stream().anyMatch(BinaryNotation::isBinary);
        }
    }

    static Script of(Packet... packets) {
        return new Script(List.of(packets));
    }

    static Script parse(List<String> lines) {
        List<Packet> packets = new ArrayList<>();
        List<String> commands = new ArrayList<>();
        for (String line : lines) {
            Optional<Ending> ending = Ending.of(line);
            if (ending.isPresent()) {
                packets.add(new Packet(List.copyOf(commands), ending.get()));
                commands.clear();
            } else if (!line.startsWith("#") && !line.isEmpty()) {
                commands.add(line);
            }
        }
        if (!commands.isEmpty()) {
            throw new IllegalArgumentException(
                    "No line \"" + Ending.OPEN.line + "\" ends the packet " + commands + ".");
        }
        return new Script(packets);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Packet packet : packets) {
            packet.commands.forEach(command -> text.append(command).append('\n'));
            text.append(packet.ending.line).append('\n');
        }
        return text.toString();
    }

    /** A text of Latin-1 characters in the notation. */
    static String escape(String bytes) {
        StringBuilder text = new StringBuilder();
        for (char c : bytes.toCharArray()) {
            switch (c) {
                case '\r' -> text.append("\\r");
                case '\n' -> text.append("\\n");
                case '\t' -> text.append("\\t");
                case 0 -> text.append("\\0");
                case '\\' -> text.append("\\\\");
                default -> text.append(c > ' ' - 1 && c < 0x7f && c != '{' ? c : String.format("\\x%02x", (int) c));
            }
        }
        return text.toString();
    }

    /**
     * The bytes to send, in as many parts as there are pauses and one more.
     *
     * @param cas tells the CAS id for a key
     */
    static List<byte[]> parts(String notation, UnaryOperator<String> cas) {
        List<byte[]> parts = new ArrayList<>();
        ByteArrayOutputStream part = new ByteArrayOutputStream();
        for (int at = 0; at < notation.length(); at++) {
            char c = notation.charAt(at);
            if (c == '{') {
                int end = notation.indexOf('}', at);
                String name = notation.substring(at, end + 1);
                if (BinaryNotation.isBinary(name)) {
                    BinaryNotation.append(name, cas, part, parts);
                } else {
                    append(part, placeholder(name.substring(1, name.length() - 1), cas));
                }
                at = end;
            } else if (c != '\\') {
                part.write(c);
            } else {
                at++;
                switch (notation.charAt(at)) {
                    case 'r' -> part.write('\r');
                    case 'n' -> part.write('\n');
                    case 't' -> part.write('\t');
                    case '0' -> part.write(0);
                    case '\\' -> part.write('\\');
                    case 'x' -> {
                        part.write(Integer.parseInt(notation.substring(at + 1, at + 3), 16));
                        at += 2;
                    }
                    case '|' -> {
                        parts.add(part.toByteArray());
                        part.reset();
                    }
                    default -> throw new IllegalArgumentException("No escape: \\" + notation.charAt(at));
                }
            }
        }
        parts.add(part.toByteArray());
        return parts;
    }

    private static void append(ByteArrayOutputStream part, String text) {
        for (char c : text.toCharArray()) {
            part.write(c);
        }
    }

    private static String placeholder(String name, UnaryOperator<String> cas) {
        if (name.startsWith("fill:")) {
            return "v".repeat(Integer.parseInt(name.substring("fill:".length())));
        }
        if (!name.startsWith("cas:")) {
            throw new IllegalArgumentException("No placeholder: {" + name + "}.");
        }
        return Long.toUnsignedString(casBeside(name.substring("cas:".length()), cas));
    }

    /** @param name a key, perhaps with +1 or -1 behind it */
    static long casBeside(String name, UnaryOperator<String> cas) {
        int offset = name.endsWith("+1") ? 1 : name.endsWith("-1") ? -1 : 0;
        String key = name.substring(0, name.length() - (offset == 0 ? 0 : 2));
        return Long.parseUnsignedLong(cas.apply(key)) + offset;
    }
}
