package io.ringleader.sim.workload;

import io.ringleader.sim.SimulationFailure;
import java.util.List;

/** How answers look in one protocol. Stateless. */
interface Dialect {
    Dialect TEXT = new TextDialect();
    Dialect BINARY = new BinaryDialect();

    /** Takes the first piece off the input; null if it is not complete. */
    Piece take(StringBuilder input);

    /** Whether the piece is an answer, or part of one, to the request if that is the next to be answered. */
    boolean answers(Piece piece, Request request);

    /** Whether more pieces of the same answer follow. */
    boolean isGoingOn(Piece piece, Request request);

    /** What the pieces say of each operation of the request. */
    List<Heard> read(Request request, List<Piece> pieces);

    static SimulationFailure senseless(Piece piece, Request request) {
        return new SimulationFailure(
                "A client asks " + describe(request) + " and is answered \"" + piece.head() + "\".");
    }

    /** Without a large value. */
    static String describe(Request request) {
        String bytes = request.bytes();
        return request.kind() + " \""
                + bytes.substring(0, Math.min(80, bytes.length())).replace("\r\n", " ") + "\"";
    }
}
