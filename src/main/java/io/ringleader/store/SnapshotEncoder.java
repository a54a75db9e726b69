package io.ringleader.store;

import java.io.IOException;
import java.util.Arrays;

/**
 * Writes a capture in the form of a {@link StoreSnapshot}, a piece at a time. Equal states give equal bytes. One thread at a
 * time.
 */
public final class SnapshotEncoder {
    private final SnapshotCapture capture;
    private final ByteWriter chunk = new ByteWriter(StoreSnapshot.CHUNK_BYTES);
    private boolean begun;
    private int nextShard;
    /** Of the piece so far. */
    private long pieceBytes;

    SnapshotEncoder(SnapshotCapture capture) {
        this.capture = capture;
    }

    /**
     * Writes the next piece: so many bytes, or up to a shard of the table (see {@link ItemTable}) more; fewer only at the end.
     *
     * @return whether there is more
     */
    public boolean writePiece(long minBytes, SnapshotSink sink) throws IOException {
        pieceBytes = 0;
        if (!begun) {
            begun = true;
            writeHeader(sink);
        }
        while (pieceBytes < minBytes && nextShard < capture.shards.length) {
            long[] shard = capture.shards[nextShard++];
            if (shard != null) {
                writeShard(shard, sink);
            }
        }
        if (nextShard == capture.shards.length) {
            flush(sink);
            return false;
        }
        return true;
    }

    private void writeHeader(SnapshotSink sink) throws IOException {
        chunk.putLong(StoreSnapshot.MAGIC);
        chunk.putByte(StoreSnapshot.VERSION >> 8);
        chunk.putByte(StoreSnapshot.VERSION);
        chunk.putInt(capture.partition);
        chunk.putLong(capture.appliedIndex);
        chunk.putLong(capture.timeMillis);
        chunk.putLong(capture.lastCas);
        chunk.putLong(capture.flushAtMillis);
        chunk.putInt(capture.sessions.length);
        chunk.putLong(capture.itemCount);
        for (Session session : capture.sessions) {
            chunk.putInt(session.node());
            chunk.putLong(session.incarnation());
            chunk.putLong(session.sequence());
            chunk.putInt(session.results().length);
            put(session.results(), 0, session.results().length, sink);
        }
    }

    private void writeShard(long[] shard, SnapshotSink sink) throws IOException {
        long[] sorted = ItemTable.sorted(shard);
        capture.bringNear(sorted);
        for (int from = 0, to; from < sorted.length; from = to) {
            to = ItemTable.endOfEqual(sorted, from);
            if (to == from + 1) {
                writeItem(capture.itemIn(sorted[from]), sink);
                continue;
            }
            Item[] equal = new Item[to - from];
            for (int i = from; i < to; i++) {
                equal[i - from] = capture.itemIn(sorted[i]);
            }
            Arrays.sort(equal, Item::compareKeys);
            for (Item item : equal) {
                writeItem(item, sink);
            }
        }
    }

    private void writeItem(Item item, SnapshotSink sink) throws IOException {
        chunk.putByte(item.keyLength());
        chunk.putInt(item.clientFlags());
        chunk.putLong(item.cas());
        chunk.putLong(item.expiresAtMillis());
        chunk.putByte(item.marks());
        chunk.putInt(item.valueLength());
        put(item.data(), item.keyOffset(), item.keyLength() + item.valueLength(), sink);
    }

    private void put(byte[] bytes, int offset, int length, SnapshotSink sink) throws IOException {
        if (length > StoreSnapshot.CHUNK_BYTES) {
            flush(sink);
            pieceBytes += length;
            sink.write(bytes, offset, length);
            return;
        }
        chunk.putBytes(bytes, offset, length);
        if (chunk.length() >= StoreSnapshot.CHUNK_BYTES) {
            flush(sink);
        }
    }

    private void flush(SnapshotSink sink) throws IOException {
        pieceBytes += chunk.length();
        sink.write(chunk.array(), 0, chunk.length());
        chunk.clear();
    }
}
