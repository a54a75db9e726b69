package io.ringleader.memcached;

/**
 * Takes the requests of one connection, in the order sent. Everything below is to be answered in that order too. Called only
 * from within {@link Protocol#consume}, on the thread of its caller.
 *
 * <p>Each request, and each burst of keys of a long {@code get}, begins with {@link #begin}. If that says yes, then
 * exactly what was announced follows within the same {@code consume}: {@code commands} calls of {@link #command} (the last
 * burst of a get is followed by {@link #endOfKeys}), or one of the other calls.
 */
public interface RequestHandler {
    /** What a request needs: a look at the store, a change of it, or neither. */
    enum Kind {
        READ,
        WRITE,
        /** Answered by this node without the store: errors, logins, stats, version, verbosity, quit, close. */
        LOCAL
    }

    /**
     * May the next {@code commands} commands come (1 for a {@link Kind#LOCAL} request)? If not, nothing is consumed and the
     * same question is asked again at the next {@code consume}. A handler whose connection is closed says no.
     */
    boolean begin(Kind kind, int commands);

    /**
     * One command for one key, or flush_all. The request and the bytes it points to are valid only during the call; its
     * {@link Request#reply} may be kept.
     */
    void command(Request request);

    /** All keys of a get, gets, gat or gats line have been given: its answer ends with {@link Replies#END}. */
    void endOfKeys();

    /** An answer that is known at once, an error for example. Not called for those that noreply suppresses. */
    void answer(byte[] bytes);

    /**
     * A login was tried, and this is the answer. A handler may wait with the answer to a wrong one, and refuse everything until
     * it is given: what is read behind it begins with {@link #begin} like all else.
     */
    void login(boolean accepted, byte[] answer);

    /**
     * {@code stats}. The argument is the rest of the line, with single spaces between the words: "" for the general ones.
     *
     * @param writer how they are to be written; may be kept
     */
    void stats(String argument, StatsWriter writer);

    /** {@code version}. */
    void version(VersionWriter writer);

    /** A command about this server; never an {@link Administration.Answer}. After a watch nothing is read any more. */
    void administer(Administration administration);

    /** {@code quit}: close the connection when all before it is answered. Nothing is read any more. */
    void quit();

    /**
     * The peer does not speak this protocol: close without an answer to this, but answer what came before. Nothing is read any
     * more. The reason is a sentence for the log.
     */
    void close(String reason);
}
