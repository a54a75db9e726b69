package io.ringleader.it;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * One line of an answer, and its data block if it has one.
 *
 * @param data null if there is none
 */
record Answer(String line, String data) {
    /** What is read when the server has closed the connection. */
    static final Answer CLOSED = new Answer("(the connection is closed)", null);

    /** The first word of an answer of the binary protocol. */
    static final String BINARY = "bin";

    private static final int SHOWN_MAX = 200;

    static Answer read(TextClient client) throws IOException {
        String line = client.line();
        String[] words = line.split(" ");
        int sizeWord =
                words[0].equals("VALUE") && words.length >= 4 ? 3 : words[0].equals("VA") && words.length >= 2 ? 1 : 0;
        if (sizeWord == 0) {
            return new Answer(line, null);
        }
        String data = client.block(Integer.parseInt(words[sizeWord]));
        String end = client.block(2);
        if (!end.equals("\r\n")) {
            throw new IOException("The block after \"" + line + "\" does not end with CR LF but \"" + end + "\".");
        }
        return new Answer(line, data);
    }

    /** A CAS id that an answer tells, and of which key it is. */
    record ToldCas(String key, String cas) {}

    /** That of the item, if it is known which. */
    Optional<ToldCas> toldCas() {
        String[] words = Difference.withPlainKey(words());
        String key = "";
        String cas = "";
        if (words[0].equals("VALUE") && words.length == 5) {
            key = words[1];
            cas = words[4];
        } else if (words[0].equals("HD") || words[0].equals("VA")) {
            for (int i = 1; i < words.length; i++) {
                key = words[i].startsWith("k") ? words[i].substring(1) : key;
                cas = words[i].matches("c[1-9]\\d*") ? words[i].substring(1) : cas;
            }
        } else if (words[0].equals(BINARY)) {
            key = binaryKey();
            cas = field("cas");
            cas = cas.equals("0") ? "" : cas;
        }
        return key.isEmpty() || cas.isEmpty() ? Optional.empty() : Optional.of(new ToldCas(key, cas));
    }

    /** The key that a binary answer belongs to, by its opaque. */
    String binaryKey() {
        return BinaryNotation.keyOf(Integer.parseUnsignedInt(field("opaque"), 16));
    }

    /** Of a binary answer. */
    private String field(String name) {
        return Arrays.stream(words())
                .filter(word -> word.startsWith(name + "="))
                .map(word -> word.substring(name.length() + 1))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException("There is no " + name + " in \"" + line + "\"."));
    }

    String[] words() {
        return line.split(" ", -1);
    }

    @Override
    public String toString() {
        String text = Script.escape(line) + (data == null ? "" : " [" + Script.escape(data) + "]");
        return text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "... of " + text.length();
    }
}
