package io.ringleader.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of a partition's snapshot, big-endian:
 *
 * <pre>
 * u64  magic "RINGSTOR"        u16  version (3)
 * i32  partition               i64  applied index
 * i64  time, ms                i64  last cas id            i64  pending flush, Unix ms; 0 = none
 * i32  number of sessions      i64  number of items
 * sessions by node id:  i32 node | i64 incarnation | i64 sequence | i32 length of results | results
 * items by the upper 12 and then the lower 24 bits of the key's hash; if these are equal, by key (unsigned bytes):
 *   u8 keyLength | u32 clientFlags | u64 cas | i64 expiresAtMillis (0 = never) | u8 marks
 *   | i32 valueLength | key | value
 * </pre>
 *
 * <p>The order is part of the format, so equal states give equal bytes, and a duplicate cannot hide. Integrity on disk and on
 * the wire is the business of those who carry the bytes. Written by {@link SnapshotEncoder}.
 */
public final class StoreSnapshot {
    static final long MAGIC = 0x52494E4753544F52L;
    static final short VERSION = 3;

    static final int CHUNK_BYTES = 64 << 10;

    private static final int HEADER_BYTES = 8 + 2 + 4 + 8 + 8 + 8 + 8 + 4 + 8;
    private static final int SESSION_HEADER_BYTES = 4 + 8 + 8 + 4;
    private static final int ITEM_HEADER_BYTES = 1 + 4 + 8 + 8 + 1 + 4;

    private StoreSnapshot() {}

    /**
     * Builds the store that a snapshot describes. Takes time in proportion to its size, so not for the store thread, to which
     * the result is handed over.
     *
     * @param partition that the snapshot must be of
     * @throws MalformedBytesException if the bytes are not exactly one legal snapshot of that partition
     */
    public static PartitionStore restore(int partition, SnapshotSource source) throws IOException {
        SnapshotInput in = new SnapshotInput(source);
        byte[] header = in.read(HEADER_BYTES, "header");
        long magic = ByteWriter.getLong(header, 0);
        if (magic != MAGIC) {
            throw new MalformedBytesException("This is not a snapshot of a partition: it begins with "
                    + Long.toHexString(magic) + " instead of " + Long.toHexString(MAGIC) + ".");
        }
        int version = ((header[8] & 0xff) << 8) | (header[9] & 0xff);
        if (version != VERSION) {
            throw new MalformedBytesException("The snapshot of a partition has format version " + version
                    + "; this release reads version " + VERSION + ".");
        }
        int actualPartition = ByteWriter.getInt(header, 10);
        if (actualPartition != partition) {
            throw new MalformedBytesException(
                    "The snapshot is of partition " + actualPartition + ", not of partition " + partition + ".");
        }
        long appliedIndex = in.notNegative("applied index", ByteWriter.getLong(header, 14));
        long timeMillis = in.notNegative("time", ByteWriter.getLong(header, 22));
        in.require(timeMillis <= CommandBatch.MAX_TIME_MILLIS, "time", timeMillis);
        long lastCas = in.notNegative("cas id", ByteWriter.getLong(header, 30));
        long flushAtMillis = ByteWriter.getLong(header, 38);
        in.require(flushAtMillis == 0 || flushAtMillis > timeMillis, "pending flush", flushAtMillis);
        long sessionCount = in.notNegative("number of sessions", ByteWriter.getInt(header, 46));
        long itemCount = in.notNegative("number of items", ByteWriter.getLong(header, 50));

        List<Session> sessions = readSessions(in, sessionCount);
        Items items = new Items(timeMillis, lastCas, flushAtMillis);
        readItems(in, itemCount, items);
        in.requireEnd();
        PartitionStore store = new PartitionStore(partition, appliedIndex, items);
        store.restoreSessions(sessions);
        return store;
    }

    private static List<Session> readSessions(SnapshotInput in, long count) throws IOException {
        List<Session> sessions = new ArrayList<>();
        int previousNode = 0;
        for (long i = 0; i < count; i++) {
            byte[] header = in.read(SESSION_HEADER_BYTES, "session");
            int node = ByteWriter.getInt(header, 0);
            in.require(node > previousNode && node <= CommandBatch.MAX_SESSION_NODE, "session node", node);
            long incarnation = in.notNegative("session incarnation", ByteWriter.getLong(header, 4));
            long sequence = in.notNegative("session sequence", ByteWriter.getLong(header, 12));
            int length = (int) in.notNegative("length of results", ByteWriter.getInt(header, 20));
            byte[] results = in.read(length, "results of a session");
            sessions.add(new Session(node, incarnation, sequence, results));
            previousNode = node;
        }
        return sessions;
    }

    private static void readItems(SnapshotInput in, long count, Items items) throws IOException {
        Item previous = null;
        long previousRank = -1;
        ItemDraft draft = new ItemDraft();
        byte[] header = new byte[ITEM_HEADER_BYTES];
        byte[] data = new byte[CHUNK_BYTES];
        for (long i = 0; i < count; i++) {
            in.read(header, ITEM_HEADER_BYTES, "item");
            int keyLength = header[0] & 0xff;
            in.require(keyLength >= 1 && keyLength <= CommandWriter.MAX_KEY_BYTES, "key length", keyLength);
            int flags = ByteWriter.getInt(header, 1);
            long cas = ByteWriter.getLong(header, 5);
            long expiresAtMillis = in.notNegative("expiry", ByteWriter.getLong(header, 13));
            int marks = header[21];
            in.require((marks & ~Item.ALL_MARKS) == 0, "mark", marks);
            int valueLength = (int) in.notNegative("value length", ByteWriter.getInt(header, 22));
            in.require(valueLength <= CommandBatch.MAX_ITEM_MAX_BYTES, "value length", valueLength);
            data = in.read(data, keyLength + valueLength, "key and value");
            long address = items.put(draft.begin(data, 0, keyLength, items.timeMillis())
                    .value(data, keyLength, valueLength)
                    .clientFlags(flags)
                    .cas(cas)
                    .expiresAtMillis(expiresAtMillis)
                    .marks(marks));
            Item item = items.itemAt(address);
            long rank = ItemTable.rankOf(draft.hash());
            if (rank < previousRank || (rank == previousRank && Item.compareKeys(previous, item) >= 0)) {
                throw new MalformedBytesException(
                        "Two items of the snapshot are equal or in the wrong order, the second ends at offset "
                                + in.offset() + ".");
            }
            previous = item;
            previousRank = rank;
        }
    }
}
