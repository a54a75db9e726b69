package io.ringleader.it;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * A request of the binary protocol as one line of a {@link Script}: <code>{bin op=01 key=a extras=0000000500000064 value=hello
 * cas=a}</code>. All but the opcode may be left out. {@code key} and {@code value} have the escapes of a script, with spaces
 * and braces as {@code \xHH}; {@code fill=n} is a value of n bytes; {@code cas} is a number, or the key whose CAS id was last
 * seen, as in <code>{cas:key}</code>; {@code cut=n} is a pause after n bytes. To make a request wrong: {@code magic}, in hex,
 * and {@code body}, the length of the body that the header tells.
 *
 * <p>The opaque is made of the begin of the key and the opcode, and so tells to which key an answer belongs.
 */
final class BinaryNotation {
    static final int HEADER_BYTES = 24;
    private static final String BEGIN = "{bin ";
    private static final int MAGIC = 0x80;
    /** Opaques may have line ends in them. */
    private static final int OPAQUE_END = 0x0d0a;

    private BinaryNotation() {}

    static boolean isBinary(String command) {
        return command.startsWith(BEGIN);
    }

    static String without(String command, String field) {
        return command.replaceAll(" " + field + "=[^ }]*", "");
    }

    /** The opcode; -1 if the command is not binary. */
    static int opcode(String command) {
        return isBinary(command) ? Integer.parseInt(fields(command).get("op"), 16) : -1;
    }

    private static Map<String, String> fields(String command) {
        return Arrays.stream(
                        command.substring(BEGIN.length(), command.length() - 1).split(" "))
                .map(field -> field.split("=", 2))
                .collect(Collectors.toMap(field -> field[0], field -> field[1], (first, last) -> last, HashMap::new));
    }

    /**
     * Puts the bytes into the part that is being written.
     *
     * @param cas tells the CAS id for a key
     * @param parts gets the parts that end within this request
     */
    static void append(String command, UnaryOperator<String> cas, ByteArrayOutputStream part, List<byte[]> parts) {
        Map<String, String> fields = fields(command);
        byte[] bytes = bytes(fields, cas);
        int cut = Math.min(bytes.length, Integer.parseInt(fields.getOrDefault("cut", "0")));
        if (cut > 0) {
            part.write(bytes, 0, cut);
            parts.add(part.toByteArray());
            part.reset();
        }
        part.write(bytes, cut, bytes.length - cut);
    }

    private static byte[] bytes(Map<String, String> fields, UnaryOperator<String> cas) {
        byte[] key = unescaped(fields.getOrDefault("key", ""));
        byte[] extras = HexFormat.of().parseHex(fields.getOrDefault("extras", ""));
        String fill = fields.get("fill");
        byte[] value = fill == null
                ? unescaped(fields.getOrDefault("value", ""))
                : "v".repeat(Integer.parseInt(fill)).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        int bodyBytes = key.length + extras.length + value.length;
        int opcode = Integer.parseInt(fields.get("op"), 16);
        int first = key.length == 0 ? 0 : key[0] & 0xff;
        return ByteBuffer.allocate(HEADER_BYTES + bodyBytes)
                .put((byte) (fields.containsKey("magic") ? Integer.parseInt(fields.get("magic"), 16) : MAGIC))
                .put((byte) opcode)
                .putShort((short) key.length)
                .put((byte) extras.length)
                .put((byte) 0)
                .putShort((short) 0)
                .putInt((int) Long.parseLong(fields.getOrDefault("body", Integer.toString(bodyBytes))))
                .putInt(first << 24 | opcode << 16 | OPAQUE_END)
                .putLong(cas(fields.getOrDefault("cas", "0"), cas))
                .put(extras)
                .put(key)
                .put(value)
                .array();
    }

    private static long cas(String text, UnaryOperator<String> cas) {
        return Character.isDigit(text.charAt(0)) ? Long.parseUnsignedLong(text) : Script.casBeside(text, cas);
    }

    private static byte[] unescaped(String text) {
        return Script.parts(text, key -> "0").get(0);
    }

    /** The key of a request, by the opaque of its answer; empty if it has none. */
    static String keyOf(int opaque) {
        return opaque >>> 24 == 0 ? "" : Character.toString((char) (opaque >>> 24));
    }
}
