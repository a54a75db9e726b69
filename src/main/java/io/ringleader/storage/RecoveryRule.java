package io.ringleader.storage;

import java.util.Locale;
import java.util.function.Predicate;

/**
 * What recovery does with a segment: the decision table, which is also the data the code runs. Exactly one row matches any
 * combination of conditions; a test goes through all of them.
 *
 * <pre>
 *                     header  linked  checkpoint  last    reaches  rest    later
 *                     valid           whole       segment its end  zero    batch
 * CORRUPT_HEADER      no      -       -           -       -        -       -      refuse to start
 * MISSING_SEGMENT     yes     no      -           -       -        -       -      refuse to start
 * CORRUPT_CHECKPOINT  yes     yes     no          -       -        -       -      refuse to start
 * CORRUPT_CLOSED      yes     yes     yes         no      no       -       -      refuse to start
 * CLOSED              yes     yes     yes         no      yes      -       -      replay
 * CLEAN_TAIL          yes     yes     yes         yes     -        yes     -      replay
 * TORN_TAIL           yes     yes     yes         yes     -        no      no     replay, cut the tail
 * CORRUPT_MIDDLE      yes     yes     yes         yes     -        no      yes    refuse to start
 * </pre>
 *
 * Why each decision is right:
 * <ul>
 *   <li>A segment gets its name after its header, checkpoint and zeros were fsynced. So no crash leaves a named file with a
 *       damaged header or checkpoint, not even an empty one; what an interrupted creation leaves has a {@code .tmp} name and
 *       is deleted.
 *   <li>Every header has the salt and the end of the segment before it. A segment that is gone from the middle, or one that
 *       was swapped or cut short, cannot hide. (From the front, segments go when all in them is obsolete; whether that was so
 *       is checked after the replay: the entries of each group must join its snapshot mark.)
 *   <li>A closed segment was durable to its recorded end before its successor was created: any damage before that end is
 *       corruption. What lies beyond the end never counted.
 *   <li>In the last segment one write batch may be in flight when power is lost, and its sectors reach the disk in any order.
 *       A batch is only begun once the one before is durable. So if there is a record header of a batch that <em>began</em>
 *       after the first damage, the damage hit durable bytes; if all that follows belongs to the batch that is damaged (or
 *       cannot be read), it is the batch that was in flight, and nobody was told that it is durable.
 * </ul>
 *
 * <p>What cannot be told apart: damage to the last durable batch of the last segment looks like a torn tail. A clean stop ends
 * the log with a seal, after which the batch before is no longer the last.
 */
enum RecoveryRule {
    CORRUPT_HEADER(Match.NO, Match.ANY, Match.ANY, Match.ANY, Match.ANY, Match.ANY, Match.ANY),
    MISSING_SEGMENT(Match.YES, Match.NO, Match.ANY, Match.ANY, Match.ANY, Match.ANY, Match.ANY),
    CORRUPT_CHECKPOINT(Match.YES, Match.YES, Match.NO, Match.ANY, Match.ANY, Match.ANY, Match.ANY),
    CORRUPT_CLOSED(Match.YES, Match.YES, Match.YES, Match.NO, Match.NO, Match.ANY, Match.ANY),
    CLOSED(Match.YES, Match.YES, Match.YES, Match.NO, Match.YES, Match.ANY, Match.ANY),
    CLEAN_TAIL(Match.YES, Match.YES, Match.YES, Match.YES, Match.ANY, Match.YES, Match.ANY),
    TORN_TAIL(Match.YES, Match.YES, Match.YES, Match.YES, Match.ANY, Match.NO, Match.NO),
    CORRUPT_MIDDLE(Match.YES, Match.YES, Match.YES, Match.YES, Match.ANY, Match.NO, Match.YES);

    /** One cell of the table. */
    private enum Match {
        YES(value -> value),
        NO(value -> !value),
        ANY(value -> true);

        private final Predicate<Boolean> test;

        Match(Predicate<Boolean> test) {
            this.test = test;
        }
    }

    /**
     * What was found out about one segment.
     *
     * @param headerValid the header is whole and belongs to the file's name
     * @param linked it follows the segment before it, or is the first there is
     * @param checkpointWhole valid records reach at least to the end of the checkpoint
     * @param last no segment follows
     * @param reachesEnd valid records reach exactly to the end that the following header records
     * @param restZero all after the valid records is zero
     * @param laterBatch after the first invalid record there is the header of a record whose batch began later still
     */
    record Conditions(
            boolean headerValid,
            boolean linked,
            boolean checkpointWhole,
            boolean last,
            boolean reachesEnd,
            boolean restZero,
            boolean laterBatch) {}

    private final Match headerValid;
    private final Match linked;
    private final Match checkpointWhole;
    private final Match last;
    private final Match reachesEnd;
    private final Match restZero;
    private final Match laterBatch;

    RecoveryRule(
            Match headerValid,
            Match linked,
            Match checkpointWhole,
            Match last,
            Match reachesEnd,
            Match restZero,
            Match laterBatch) {
        this.headerValid = headerValid;
        this.linked = linked;
        this.checkpointWhole = checkpointWhole;
        this.last = last;
        this.reachesEnd = reachesEnd;
        this.restZero = restZero;
        this.laterBatch = laterBatch;
    }

    boolean matches(Conditions found) {
        return headerValid.test.test(found.headerValid())
                && linked.test.test(found.linked())
                && checkpointWhole.test.test(found.checkpointWhole())
                && last.test.test(found.last())
                && reachesEnd.test.test(found.reachesEnd())
                && restZero.test.test(found.restZero())
                && laterBatch.test.test(found.laterBatch());
    }

    /** Whether the node must not start. */
    boolean isCorruption() {
        return this != CLOSED && this != CLEAN_TAIL && this != TORN_TAIL;
    }

    static RecoveryRule decide(Conditions found) {
        for (RecoveryRule rule : values()) {
            if (rule.matches(found)) {
                return rule;
            }
        }
        throw new IllegalStateException("No row of the recovery table matches " + found + ".");
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
