package io.ringleader.linearizability;

/**
 * What a client heard. Everything beside the status is null if the answer did not say it; what was not said is not checked.
 * Immutable.
 *
 * @param value Latin-1, one character per byte
 * @param clientFlags unsigned
 * @param cas the item's cas id
 * @param number unsigned: what incr or decr answered
 * @param ttlSeconds time left, -1 for an item that never expires
 * @param stale {@code mg}'s X: the value is out of date
 * @param taken {@code mg}'s Z: somebody else has won the right to renew it
 * @param won {@code mg}'s W: this client has won it
 */
public record Answer(
        Status status,
        String value,
        Integer clientFlags,
        Long cas,
        Long number,
        Long ttlSeconds,
        Boolean stale,
        Boolean taken,
        Boolean won) {

    /** The answers of the classic protocol; those of the others have an equal among them. */
    public enum Status {
        STORED,
        NOT_STORED,
        EXISTS,
        NOT_FOUND,
        DELETED,
        TOUCHED,
        OK,
        /** A get found the item. */
        HIT,
        /** A get found nothing. This is an answer like any other, not the absence of one. */
        MISS,
        /** incr or decr made a number. */
        NUMBER,
        NON_NUMERIC,
        /** The command was carried out or refused before this return, but the client did not hear which. */
        ANY
    }

    public static Answer of(Status status) {
        return new Answer(status, null, null, null, null, null, null, null, null);
    }

    public static Answer stored() {
        return of(Status.STORED);
    }

    public static Answer notStored() {
        return of(Status.NOT_STORED);
    }

    public static Answer exists() {
        return of(Status.EXISTS);
    }

    public static Answer notFound() {
        return of(Status.NOT_FOUND);
    }

    public static Answer deleted() {
        return of(Status.DELETED);
    }

    public static Answer touched() {
        return of(Status.TOUCHED);
    }

    public static Answer ok() {
        return of(Status.OK);
    }

    public static Answer miss() {
        return of(Status.MISS);
    }

    public static Answer nonNumeric() {
        return of(Status.NON_NUMERIC);
    }

    public static Answer any() {
        return of(Status.ANY);
    }

    public static Answer hit(String value) {
        return new Answer(Status.HIT, value, null, null, null, null, null, null, null);
    }

    public static Answer hit(String value, int clientFlags) {
        return new Answer(Status.HIT, value, clientFlags, null, null, null, null, null, null);
    }

    public static Answer number(long number) {
        return new Answer(Status.NUMBER, null, null, null, number, null, null, null, null);
    }

    public Answer withCas(long newCas) {
        return new Answer(status, value, clientFlags, newCas, number, ttlSeconds, stale, taken, won);
    }

    public Answer withTtl(long newTtlSeconds) {
        return new Answer(status, value, clientFlags, cas, number, newTtlSeconds, stale, taken, won);
    }

    public Answer withMarks(boolean isStale, boolean isTaken, boolean hasWon) {
        return new Answer(status, value, clientFlags, cas, number, ttlSeconds, isStale, isTaken, hasWon);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(status.name());
        add(text, "value", value == null ? null : Text.quoted(value));
        add(text, "flags", clientFlags == null ? null : Integer.toUnsignedString(clientFlags));
        add(text, "cas", cas == null ? null : Long.toUnsignedString(cas));
        add(text, "number", number == null ? null : Long.toUnsignedString(number));
        add(text, "ttl", ttlSeconds);
        add(text, "stale", stale);
        add(text, "taken", taken);
        add(text, "won", won);
        return text.toString();
    }

    private static void add(StringBuilder text, String name, Object what) {
        if (what != null) {
            text.append(' ').append(name).append('=').append(what);
        }
    }
}
