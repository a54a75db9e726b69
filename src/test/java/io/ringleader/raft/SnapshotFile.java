package io.ringleader.raft;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The state machine of the tests is the list of the entries it applied; this is its snapshot as bytes. */
final class SnapshotFile {
    private static final int HEADER_BYTES = 8 + 8 + 1 + 1;

    private SnapshotFile() {}

    static byte[] encode(List<Entry> applied) {
        int length = applied.stream()
                .mapToInt(entry -> HEADER_BYTES + entry.payload().length)
                .sum();
        ByteBuffer buffer = ByteBuffer.allocate(length);
        for (Entry entry : applied) {
            buffer.putLong(entry.index()).putLong(entry.term()).put(entry.type().code());
            buffer.put((byte) entry.payload().length).put(entry.payload());
        }
        return buffer.array();
    }

    /** Fails on anything but what {@link #encode} made: chunks that were mixed up do not pass. */
    static List<Entry> decode(byte[] bytes) {
        List<Entry> applied = new ArrayList<>();
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            long index = buffer.getLong();
            long term = buffer.getLong();
            EntryType type = EntryType.ofCode(buffer.get());
            byte[] payload = new byte[buffer.get()];
            buffer.get(payload);
            if (index != applied.size() + 1) {
                throw new InvariantViolation("Entry " + index + " of a snapshot file follows " + applied.size() + ".");
            }
            applied.add(new Entry(index, term, type, payload));
        }
        return applied;
    }
}
