package io.ringleader.node;

import io.ringleader.memcached.Replies;
import io.ringleader.net.Connection;

/**
 * The list of keys that one session is giving, as the answer in one slot of its replies. The next piece is made when the last
 * one has left, so that a client that reads slowly costs one piece. Owned by the client loop.
 */
final class KeyListing {
    /** Others want a list too: one who takes nothing of his for this long, or twice as long, loses it. */
    private static final long STUCK_NANOS = 30_000_000_000L;

    private final ClientServices services;
    private final ReplyQueue replies;
    /** Called when something has become of the slot. */
    private final Runnable onChange;

    private Connection connection;
    /** Null while there is no list to be given. */
    private KeyDumps.KeyDump dump;

    private long slot;
    private boolean pieceAsked;
    private boolean begun;
    private long piecesTaken;

    KeyListing(ClientServices services, ReplyQueue replies, Runnable onChange) {
        this.services = services;
        this.replies = replies;
        this.onChange = onChange;
    }

    /** Whether a list is being given: nothing may be asked behind it. */
    boolean isActive() {
        return dump != null;
    }

    /** Asks for a list; {@link #goOn} gives it. */
    void begin(Connection target) {
        connection = target;
        dump = services.dumps().begin();
        if (dump == null) {
            replies.addLine(KeyDumps.BUSY);
            return;
        }
        slot = replies.addPendingLine();
        begun = false;
        giveUpIfStuck(dump, piecesTaken);
    }

    private void giveUpIfStuck(KeyDumps.KeyDump watched, long piecesThen) {
        services.loop().schedule(STUCK_NANOS, () -> {
            if (dump == watched && piecesTaken == piecesThen) {
                connection.close("it did not take the list of keys it had asked for");
            } else if (dump == watched) {
                giveUpIfStuck(watched, piecesTaken);
            }
        });
    }

    /** Has the next piece made, if it is time. */
    void goOn() {
        boolean due = dump != null && !pieceAsked && replies.isFront(slot) && connection.pendingOutputBytes() == 0;
        if (due) {
            pieceAsked = true;
            dump.next(this::take);
        }
    }

    private void take(byte[] piece, boolean last) {
        pieceAsked = false;
        if (dump == null) {
            return; // the connection has ended meanwhile
        }
        if (!begun) {
            begun = true;
            connection.write(Replies.OK, 0, Replies.OK.length);
        }
        piecesTaken++;
        if (piece.length > 0) {
            connection.write(piece, 0, piece.length);
        }
        if (last) {
            end();
            replies.line(slot, Replies.END);
        }
        onChange.run();
    }

    /** Nothing more of it is wanted. */
    void end() {
        if (dump != null) {
            dump.end();
            dump = null;
        }
    }
}
