package io.ringleader.it;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How answers are read, and what is sent behind a packet so that the last of them is known. */
enum Dialect {
    TEXT {
        /** The read waits for writes without an answer; nothing in a script asks for the version. */
        @Override
        byte[] last(Script.Packet packet) {
            return bytes(filler(packet) + "get ~\r\nversion\r\n");
        }

        @Override
        Answer read(TextClient client) throws IOException {
            return Answer.read(client);
        }

        @Override
        boolean isLast(Answer answer) {
            return answer.line().startsWith("VERSION ");
        }
    },
    BINARY {
        /** Here, too, the read waits for writes without an answer. */
        @Override
        byte[] last(Script.Packet packet) {
            ByteBuffer last = ByteBuffer.allocate(2 * BinaryNotation.HEADER_BYTES + 1);
            last.putInt(0x8009_0001).putInt(0).putInt(1).putInt(LAST_OPAQUE).putLong(0);
            last.put((byte) '~');
            last.putInt(0x800a_0000).putInt(0).putInt(0).putInt(LAST_OPAQUE).putLong(0);
            return last.array();
        }

        /** Statistics, which may be many packets, are one answer that says only whether there were any. */
        @Override
        Answer read(TextClient client) throws IOException {
            Answer answer = readPacket(client);
            Answer end = answer;
            while (end.line().startsWith(STATISTIC) && !end.line().contains(" key= ")) {
                end = readPacket(client);
            }
            return end == answer ? answer : new Answer(end.line().replace("bin ", "bin list "), end.data());
        }

        @Override
        boolean isLast(Answer answer) {
            return answer.line().startsWith("bin 0a ") && answer.line().contains(LAST_OPAQUE_WORD);
        }
    };

    /** To what is sent behind a text packet whose numbers are small: two errors, and END. */
    static final int LAST_TEXT_ANSWERS = 3;

    private static final int LAST_OPAQUE = 0xffff_ffff;
    private static final String LAST_OPAQUE_WORD = " opaque=ffffffff ";
    private static final String STATISTIC = "bin 10 status=0 ";
    private static final int RESPONSE_MAGIC = 0x81;

    private static final Pattern SHORT_NUMBER = Pattern.compile("(?<!\\w)\\d{1,4}(?!\\d)");
    private static final String FILLER = "~".repeat(500) + "\r\n";

    abstract byte[] last(Script.Packet packet);

    abstract Answer read(TextClient client) throws IOException;

    abstract boolean isLast(Answer answer);

    static Dialect of(Script.Packet packet) {
        return packet.isBinary() ? BINARY : TEXT;
    }

    /** All up to the answer to what was sent last, which is left out. */
    List<Answer> readToLast(TextClient client) throws IOException {
        List<Answer> answers = new ArrayList<>();
        for (Answer answer = read(client); !isLast(answer); answer = read(client)) {
            answers.add(answer);
        }
        return answers;
    }

    /** Lines to be swallowed by a command that announces more bytes than it brings; errors to all others. */
    private static String filler(Script.Packet packet) {
        int swallowedMax = 0;
        for (String command : packet.commands()) {
            for (Matcher number = SHORT_NUMBER.matcher(command); number.find(); ) {
                swallowedMax = Math.max(swallowedMax, Integer.parseInt(number.group()));
            }
        }
        return "~~\r\n" + FILLER.repeat(1 + swallowedMax / FILLER.length());
    }

    /** One packet as a line of words, with its value as the data. */
    private static Answer readPacket(TextClient client) throws IOException {
        ByteBuffer header = ByteBuffer.wrap(bytes(client.block(BinaryNotation.HEADER_BYTES)));
        int magic = header.get() & 0xff;
        if (magic != RESPONSE_MAGIC) {
            throw new IOException("A packet begins with the byte " + magic + ", an answer begins with 129.");
        }
        int opcode = header.get() & 0xff;
        int keyBytes = header.getShort() & 0xffff;
        int extrasBytes = header.get() & 0xff;
        int dataType = header.get();
        int status = header.getShort() & 0xffff;
        int bodyBytes = header.getInt();
        int opaque = header.getInt();
        long cas = header.getLong();
        String extras = HexFormat.of().formatHex(bytes(client.block(extrasBytes)));
        String key = Script.escape(client.block(keyBytes)).replace(" ", "\\x20");
        String value = client.block(bodyBytes - extrasBytes - keyBytes);
        String line = String.format(
                "bin %02x status=%x type=%d extras=%s key=%s opaque=%08x cas=%s",
                opcode, status, dataType, extras, key, opaque, Long.toUnsignedString(cas));
        return new Answer(line, value);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    }
}
