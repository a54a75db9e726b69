package io.ringleader.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Results and snapshots in forms that tests compare and print. */
final class Results {
    private Results() {}

    /** One text per result: the code, then for a value {@code key flags cas 'value'}, for a number its digits. */
    static List<String> decode(byte[] bytes, int offset, int length) {
        List<String> texts = new ArrayList<>();
        ResultReader r = new ResultReader().reset(bytes, offset, length);
        while (r.next()) {
            switch (r.code()) {
                case Result.VALUE ->
                    texts.add(value(
                            new String(bytes, r.keyOffset(), r.keyLength(), ISO_8859_1),
                            r.clientFlags(),
                            r.cas(),
                            new String(bytes, r.valueOffset(), r.valueLength(), ISO_8859_1)));
                case Result.ITEM ->
                    texts.add(item(
                            r.facts(),
                            new String(bytes, r.keyOffset(), r.keyLength(), ISO_8859_1),
                            r.clientFlags(),
                            r.cas(),
                            r.ttlSeconds(),
                            r.has(Facts.NUMBER)
                                    ? Long.toUnsignedString(r.number())
                                    : r.has(Facts.VALUE)
                                            ? new String(bytes, r.valueOffset(), r.valueLength(), ISO_8859_1)
                                            : "",
                            r.sizeBytes()));
                case Result.NUMBER -> texts.add("NUMBER " + Long.toUnsignedString(r.number()));
                default -> texts.add(Result.name(r.code()));
            }
        }
        return texts;
    }

    static List<String> decode(ByteWriter w) {
        return decode(w.array(), 0, w.length());
    }

    /** Without the hints, which are not a function of the log. */
    static String item(int facts, String key, int flags, long cas, long ttlSeconds, String value, int sizeBytes) {
        StringBuilder text = new StringBuilder("ITEM");
        text.append((facts & Facts.STALE) != 0 ? " stale" : "");
        text.append((facts & Facts.TAKEN) != 0 ? " taken" : "");
        text.append((facts & Facts.WON) != 0 ? " won" : "");
        text.append((facts & Facts.CREATED) != 0 ? " created" : "");
        text.append(" " + key + " flags=" + flags + " cas=" + Long.toUnsignedString(cas) + " ttl=" + ttlSeconds);
        return text.append(" size=" + sizeBytes + " '" + value + "'").toString();
    }

    static String value(String key, int flags, long cas, String value) {
        return "VALUE " + key + " " + flags + " " + cas + " '" + value + "'";
    }

    static byte[] snapshot(SnapshotCapture capture) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            capture.writeTo(out::write);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static byte[] snapshot(PartitionStore store) {
        return snapshot(store.beginCapture());
    }

    static PartitionStore restore(int partition, byte[] snapshot) {
        ByteArrayInputStream in = new ByteArrayInputStream(snapshot);
        try {
            return StoreSnapshot.restore(partition, in::read);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
