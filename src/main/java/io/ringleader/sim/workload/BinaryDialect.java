package io.ringleader.sim.workload;

import io.ringleader.linearizability.Answer;
import io.ringleader.linearizability.Answer.Status;
import io.ringleader.linearizability.Command;
import java.util.List;

/** The binary protocol: every answer is a packet and brings its opaque back. */
final class BinaryDialect implements Dialect {
    static final int HEADER_BYTES = 24;
    private static final int STATUS_AT = 6;
    private static final int BODY_LENGTH_AT = 8;
    private static final int OPAQUE_AT = 12;
    private static final int CAS_AT = 16;
    private static final int FLAGS_BYTES = 4;

    static long number(CharSequence bytes, int at, int count) {
        long number = 0;
        for (int i = 0; i < count; i++) {
            number = number << 8 | bytes.charAt(at + i);
        }
        return number;
    }

    /** The lowest bytes of the number, the highest of them first. */
    static String bytes(long number, int count) {
        StringBuilder bytes = new StringBuilder();
        for (int i = count - 1; i >= 0; i--) {
            bytes.append((char) (number >>> 8 * i & 0xff));
        }
        return bytes.toString();
    }

    @Override
    public Piece take(StringBuilder input) {
        if (input.length() < HEADER_BYTES) {
            return null;
        }
        int end = HEADER_BYTES + (int) number(input, BODY_LENGTH_AT, 4);
        if (input.length() < end) {
            return null;
        }
        String head = input.substring(0, HEADER_BYTES);
        String data = input.substring(HEADER_BYTES, end);
        input.delete(0, end);
        return new Piece(head.substring(OPAQUE_AT, CAS_AT), head, data);
    }

    @Override
    public boolean answers(Piece piece, Request request) {
        return request.opaque().equals(piece.opaque());
    }

    @Override
    public boolean isGoingOn(Piece piece, Request request) {
        return false;
    }

    @Override
    public List<Heard> read(Request request, List<Piece> pieces) {
        return request.command() == null ? List.of() : List.of(read(request, pieces.get(0)));
    }

    private static Heard read(Request request, Piece piece) {
        int status = (int) number(piece.head(), STATUS_AT, 2);
        long cas = number(piece.head(), CAS_AT, 8);
        return switch (status) {
            case 0x00 -> Heard.of(success(request.command(), cas, piece.data()));
            case 0x01 -> Heard.of(notFound(request.command()));
            case 0x02 -> Heard.of(exists(request.command()));
            case 0x05 -> Heard.of(Answer.notStored());
            case 0x06 -> Heard.of(Answer.nonNumeric());
            case 0x03, 0x82, 0x85 -> request.isFlush() ? Heard.UNKNOWN : Heard.NOT_APPLIED;
            case 0x84 -> request.lost();
            default -> throw Dialect.senseless(new Piece(null, "status " + status, null), request);
        };
    }

    private static Answer success(Command command, long cas, String data) {
        if (command instanceof Command.Fetch) {
            int clientFlags = (int) number(data, 0, FLAGS_BYTES);
            return Answer.hit(data.substring(FLAGS_BYTES), clientFlags).withCas(cas);
        } else if (command instanceof Command.Count) {
            return Answer.number(number(data, 0, 8)).withCas(cas);
        } else if (command instanceof Command.Store) {
            return Answer.stored().withCas(cas);
        } else if (command instanceof Command.Delete) {
            return Answer.deleted();
        }
        return command instanceof Command.Touch ? Answer.touched().withCas(cas) : Answer.ok();
    }

    /** A replace says that it found nothing, where the text protocol says that it stored nothing. */
    private static Answer notFound(Command command) {
        if (command instanceof Command.Fetch) {
            return Answer.miss();
        }
        boolean notStored = command instanceof Command.Store store && store.compare() == null;
        return notStored ? Answer.of(Status.NOT_STORED) : Answer.notFound();
    }

    private static Answer exists(Command command) {
        boolean notStored = command instanceof Command.Store store && store.compare() == null;
        return notStored ? Answer.of(Status.NOT_STORED) : Answer.exists();
    }
}
