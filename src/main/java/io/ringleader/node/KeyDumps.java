package io.ringleader.node;

import io.ringleader.loop.Clock;
import io.ringleader.loop.Loop;
import io.ringleader.store.ByteWriter;
import io.ringleader.store.CaptureItems;
import io.ringleader.store.Item;
import io.ringleader.store.SnapshotCapture;
import java.nio.charset.StandardCharsets;

/**
 * Lists the keys of all partitions of which this node has a replica, piece by piece, as fast as the one who asked takes them.
 * Of each partition the list shows one moment; a key that is there all the time is listed once. Only one list is made at a
 * time, as in memcached, so that at most one capture is kept alive by a slow reader. Owned by the client loop.
 */
final class KeyDumps {
    static final byte[] BUSY = "BUSY currently processing crawler request\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int PIECE_BYTES = 32 << 10;

    private final StoreHost store;
    private final Clock clock;
    private final Loop clientLoop;
    private final Loop snapshotLoop;
    private KeyDump current;

    KeyDumps(StoreHost store, Clock clock, Loop clientLoop, Loop snapshotLoop) {
        this.store = store;
        this.clock = clock;
        this.clientLoop = clientLoop;
        this.snapshotLoop = snapshotLoop;
    }

    /** Takes a piece, which may be empty, on the client loop. */
    interface Taker {
        void accept(byte[] piece, boolean last);
    }

    /** A list to be read with {@link KeyDump#next} and ended with {@link KeyDump#end}; null if another is being made. */
    KeyDump begin() {
        if (current != null) {
            return null;
        }
        current = new KeyDump();
        return current;
    }

    /** One list. */
    final class KeyDump {
        private int partition = -1;
        /** Of the partition; null when all of it is listed. In the hands of one loop at a time, as is the next. */
        private CaptureItems items;

        private SnapshotCapture captured;

        /** Owned by the snapshot loop. */
        private boolean ended;

        private KeyDump() {}

        /** Has the next piece made. Not to be called again before it was taken. */
        void next(Taker taker) {
            if (items != null) {
                snapshotLoop.execute(() -> writePiece(taker));
                return;
            }
            store.captureAfter(
                    partition,
                    (next, capture) -> snapshotLoop.execute(() -> {
                        if (capture == null) {
                            clientLoop.execute(() -> taker.accept(new byte[0], true));
                            return;
                        }
                        if (ended) {
                            capture.release();
                            return;
                        }
                        partition = next;
                        captured = capture;
                        items = new CaptureItems(capture, clock.wallMillis());
                        writePiece(taker);
                    }));
        }

        private void writePiece(Taker taker) {
            ByteWriter out = new ByteWriter();
            while (items != null && out.length() < PIECE_BYTES) {
                Item item = items.next();
                if (item == null) {
                    captured.release();
                    items = null;
                } else {
                    ItemLines.metadump(item, out);
                }
            }
            byte[] piece = out.toByteArray();
            clientLoop.execute(() -> taker.accept(piece, false));
        }

        /** On the snapshot loop, where no piece is being written meanwhile. */
        private void release() {
            ended = true;
            if (captured != null) {
                captured.release();
            }
        }

        /** Nothing more is wanted. */
        void end() {
            if (current == this) {
                current = null;
                snapshotLoop.execute(this::release);
            }
        }
    }
}
