package io.ringleader.sim.workload;

import io.ringleader.net.Connection;
import io.ringleader.net.ConnectionHandler;
import io.ringleader.sim.SimulationFailure;
import io.ringleader.sim.workload.Request.Form;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/**
 * One connection of a client: sends requests and finds out which answer belongs to which, although quiet commands may have none.
 * Also tells of every request when the connection has ended.
 */
final class Conversation implements ConnectionHandler {
    /** Who asks. */
    interface Listener {
        /** @param heard of each operation of the request */
        void answered(Sent sent, List<Heard> heard);
    }

    private final Dialect dialect;
    private final Listener listener;
    private final StringBuilder input = new StringBuilder();
    private final ArrayDeque<Sent> waiting = new ArrayDeque<>();
    private final List<Piece> pieces = new ArrayList<>();
    /** One of several quiet commands has failed, and the error does not say which. */
    private boolean troubled;

    private Connection connection;
    private boolean leaving;
    private boolean closed;

    Conversation(Dialect dialect, Listener listener) {
        this.dialect = dialect;
        this.listener = listener;
    }

    boolean isOpen() {
        return connection != null && !leaving && !closed;
    }

    boolean isClosed() {
        return closed;
    }

    Collection<Sent> waiting() {
        return waiting;
    }

    /** All at once: it must be open. */
    void send(List<Sent> burst) {
        StringBuilder bytes = new StringBuilder();
        for (Sent sent : burst) {
            bytes.append(sent.request().bytes());
            if (sent.request().form() != Form.NEVER) {
                waiting.add(sent);
            }
        }
        sendBytes(bytes.toString());
    }

    void sendBytes(String latin1) {
        byte[] bytes = latin1.getBytes(StandardCharsets.ISO_8859_1);
        connection.write(bytes, 0, bytes.length);
    }

    /** In good order: what was sent is carried out, but nobody hears the answers. */
    void leave() {
        if (isOpen()) {
            leaving = true;
            connection.closeAfterOutput();
        }
    }

    void breakOff() {
        if (isOpen()) {
            leaving = true;
            connection.close("the client has had enough");
        }
    }

    @Override
    public void onOpen(Connection opened) {
        connection = opened;
    }

    @Override
    public int onBytes(ByteBuffer in) {
        input.append(StandardCharsets.ISO_8859_1.decode(in));
        for (Piece piece = dialect.take(input); piece != null; piece = dialect.take(input)) {
            arrived(piece);
        }
        return 0;
    }

    private void arrived(Piece piece) {
        Sent head = waiting.peek();
        while (head != null && !dialect.answers(piece, head.request())) {
            if (isErrorOfSome(piece, head.request())) {
                troubled = true;
                return;
            }
            if (!head.request().quiet()) {
                throw Dialect.senseless(piece, head.request());
            }
            waiting.poll();
            Heard silence = troubled ? Heard.UNKNOWN : TextDialect.silence(head.request());
            listener.answered(head, List.of(silence));
            head = waiting.peek();
        }
        if (head == null) {
            throw new SimulationFailure("A client asks nothing and is answered \"" + piece.head() + "\".");
        }
        pieces.add(piece);
        if (!dialect.isGoingOn(piece, head.request())) {
            waiting.poll();
            List<Piece> whole = List.copyOf(pieces);
            pieces.clear();
            troubled = false;
            listener.answered(head, dialect.read(head.request(), whole));
        }
    }

    /** Errors of the text protocol have no opaque: that of a quiet command may be that of any one behind it as well. */
    private static boolean isErrorOfSome(Piece piece, Request request) {
        return piece.opaque() == null && !piece.isNothing() && request.quiet();
    }

    @Override
    public void onOutputDrained() {
        // It writes when it wants.
    }

    @Override
    public void onClosed(String reason) {
        closed = true;
        while (!waiting.isEmpty()) {
            Sent sent = waiting.poll();
            listener.answered(
                    sent,
                    Collections.nCopies(sent.operations().length, sent.request().lost()));
        }
    }
}
