package io.ringleader.sim.workload;

import io.ringleader.linearizability.Answer.Status;
import io.ringleader.linearizability.Operation.Outcome;
import java.util.SortedMap;
import java.util.TreeMap;

/** A key that clients use, and what must be known of it to ask something sensible. */
final class Key {
    /** What is asked of it. */
    enum Use {
        /** Everything, but no expiry. */
        MIXED,
        /** Everything, with times to live. */
        TIMED,
        /** Unique words are put in front and at the end. */
        WORDS,
        /** It is counted up by one. */
        TALLY
    }

    /** So many changes whose outcome nobody knows make the search for an order long. */
    private static final int UNKNOWN_MAX = 6;

    private static final int OPERATIONS_MAX = 250;
    private static final int UNDER_WAY_MAX = 5;

    final String name;
    final Use use;
    int operations;
    int underWay;
    int unknown;
    /** The last cas id that was seen, and the one before. */
    long cas = 1;

    long formerCas = 1;

    /** Of a {@link Use#WORDS} key, how often each word was added to it. */
    final SortedMap<String, Times> words = new TreeMap<>();

    /** Of a {@link Use#TALLY} key, how often it was counted up. */
    final Times counted = new Times();

    /** What the last change was, if nothing else was under way. */
    Sequel sequel = Sequel.UNCLEAR;

    /** How often something was done that may be done once for each time it was asked. */
    static final class Times {
        int certain;
        int perhaps;

        void add(Heard heard, Status done) {
            certain += heard.isKnown() && heard.answer().status() == done ? 1 : 0;
            perhaps += heard.outcome() == Outcome.UNKNOWN ? 1 : 0;
        }

        boolean canBe(long found) {
            return found >= certain && found <= certain + perhaps;
        }

        @Override
        public String toString() {
            return certain + " times for certain, and " + perhaps + " times perhaps";
        }
    }

    /** What a miss would mean. */
    enum Sequel {
        UNCLEAR,
        STORED_TO_EXPIRE,
        STORED,
        STORED_AND_FLUSHED
    }

    Key(String name, Use use) {
        this.name = name;
        this.use = use;
    }

    /** It has been used enough: another takes its place. */
    boolean isWorn() {
        return unknown > UNKNOWN_MAX || operations > OPERATIONS_MAX;
    }

    boolean isBusy() {
        return underWay >= UNDER_WAY_MAX;
    }

    void mayBeFlushed() {
        sequel = sequel == Sequel.STORED ? Sequel.STORED_AND_FLUSHED : Sequel.UNCLEAR;
    }

    void sawCas(long seen) {
        if (seen != cas) {
            formerCas = cas;
            cas = seen;
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
