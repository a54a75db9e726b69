package io.ringleader.spec;

import io.ringleader.raft.Replica;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The volatile state of leaders (Figure 2), reinitialised after each election. Immutable.
 *
 * @param matchIndex for each voter, itself among them, the highest index known to be durable there; absent means 0
 * @param firstIndex of the entry that opened its term
 * @param round the last round of heartbeats that it began (thesis §6.4)
 * @param answered for each other voter, the latest round that it answered
 * @param reads reads, and questions of followers, that are not answered yet
 * @param transferTargets whom it has begun to hand over to
 * @param heard for each voter, itself among them, the directory that all this is about
 * @param joins newcomers that it is letting in
 * @param ordered whether it has told a server to run for election
 */
record Leading(
        SortedMap<Integer, Long> matchIndex,
        long firstIndex,
        long round,
        SortedMap<Integer, Long> answered,
        SortedMap<Asker, Read> reads,
        SortedSet<Integer> transferTargets,
        SortedMap<Integer, Heard> heard,
        SortedMap<Integer, Join> joins,
        boolean ordered) {

    /** Who waits. @param id of a read of this server, or the number of the question of another one */
    record Asker(int node, long id) implements Comparable<Asker> {
        @Override
        public int compareTo(Asker other) {
            return node == other.node ? Long.compare(id, other.id) : Integer.compare(node, other.node);
        }
    }

    /**
     * A read that waits.
     *
     * @param commitIndex what the leader knew to be committed when it was asked
     * @param round the last round that had begun then
     * @param mustSee what was committed anywhere then
     * @param leased whether the leader may have had a lease then
     */
    record Read(long commitIndex, long round, long mustSee, boolean leased) {}

    /** @param counts whether it is known to be a voter */
    record Heard(Replica replica, boolean counts) {}

    /** @param target what the newcomer must have, known once enough others have vouched; before that negative */
    record Join(Replica newcomer, SortedSet<Integer> vouchers, long target) {}

    static final Leading NOT = from(0);

    static Leading from(long firstIndex) {
        return new Leading(
                Collections.emptySortedMap(),
                firstIndex,
                0,
                Collections.emptySortedMap(),
                Collections.emptySortedMap(),
                Collections.emptySortedSet(),
                Collections.emptySortedMap(),
                Collections.emptySortedMap(),
                false);
    }

    /** Whether it is that directory of the voter of which it knows anything. */
    boolean isOf(int voter, long identity) {
        Heard directory = heard.get(voter);
        return directory != null && directory.replica().identity() == identity;
    }

    long matchIndex(int voter) {
        return matchIndex.getOrDefault(voter, 0L);
    }

    Leading withMatch(int voter, long index) {
        return new Leading(
                put(matchIndex, voter, index),
                firstIndex,
                round,
                answered,
                reads,
                transferTargets,
                heard,
                joins,
                ordered);
    }

    Leading withRound(long newRound) {
        return newRound <= round
                ? this
                : new Leading(
                        matchIndex, firstIndex, newRound, answered, reads, transferTargets, heard, joins, ordered);
    }

    Leading withAnswer(int voter, long answeredRound) {
        return answeredRound <= answered.getOrDefault(voter, 0L)
                ? this
                : new Leading(
                        matchIndex,
                        firstIndex,
                        round,
                        put(answered, voter, answeredRound),
                        reads,
                        transferTargets,
                        heard,
                        joins,
                        ordered);
    }

    Leading withRead(Asker asker, Read read) {
        return new Leading(
                matchIndex,
                firstIndex,
                round,
                answered,
                put(reads, asker, read),
                transferTargets,
                heard,
                joins,
                ordered);
    }

    Leading withoutRead(Asker asker) {
        return withReads(without(reads, asker));
    }

    /** The answer to a question is one to all that the same server has asked before. */
    Leading withoutReadsUpTo(Asker asker) {
        SortedMap<Asker, Read> fewer = new TreeMap<>(reads);
        fewer.keySet().removeIf(other -> other.node() == asker.node() && other.id() <= asker.id());
        return withReads(fewer);
    }

    private Leading withReads(SortedMap<Asker, Read> fewer) {
        return new Leading(matchIndex, firstIndex, round, answered, fewer, transferTargets, heard, joins, ordered);
    }

    boolean counts(int voter) {
        return heard.containsKey(voter) && heard.get(voter).counts();
    }

    boolean isOf(Replica replica) {
        Heard last = heard.get(replica.node());
        return last != null && last.replica().isSameDirectory(replica);
    }

    /** Something came from the replica: what another directory of its node has said is worth nothing. */
    Leading hearing(Replica replica) {
        boolean same = !heard.containsKey(replica.node()) || isOf(replica);
        boolean counts = replica.voter() || (same && counts(replica.node()));
        Leading known = same ? this : withNothingOf(replica.node());
        return new Leading(
                known.matchIndex,
                firstIndex,
                round,
                known.answered,
                reads,
                transferTargets,
                put(known.heard, replica.node(), new Heard(replica, counts)),
                joins,
                ordered);
    }

    Leading withNothingOf(int voter) {
        return new Leading(
                without(matchIndex, voter),
                firstIndex,
                round,
                without(answered, voter),
                reads,
                transferTargets,
                without(heard, voter),
                joins,
                ordered);
    }

    Leading withJoin(Join join) {
        return new Leading(
                matchIndex,
                firstIndex,
                round,
                answered,
                reads,
                transferTargets,
                heard,
                put(joins, join.newcomer().node(), join),
                ordered);
    }

    /** The joining of this newcomer; null if it has not begun. */
    Join join(Replica newcomer) {
        Join join = joins.get(newcomer.node());
        return join != null && join.newcomer().isSameDirectory(newcomer) ? join : null;
    }

    Leading withTarget(int voter) {
        SortedSet<Integer> more = new TreeSet<>(transferTargets);
        more.add(voter);
        return new Leading(matchIndex, firstIndex, round, answered, reads, more, heard, joins, ordered);
    }

    Leading havingOrdered() {
        return new Leading(matchIndex, firstIndex, round, answered, reads, transferTargets, heard, joins, true);
    }

    /** The largest index that a majority is known to have; a newcomer has nothing that counts. */
    long matchedByMajority(List<Integer> voters) {
        long[] sorted = voters.stream()
                .mapToLong(voter -> counts(voter) ? matchIndex(voter) : 0)
                .sorted()
                .toArray();
        return sorted[(sorted.length - 1) / 2];
    }

    private static <K, V> SortedMap<K, V> without(SortedMap<K, V> map, K key) {
        SortedMap<K, V> fewer = new TreeMap<>(map);
        fewer.remove(key);
        return fewer;
    }

    private static <K, V> SortedMap<K, V> put(Map<K, V> map, K key, V value) {
        SortedMap<K, V> changed = new TreeMap<>(map);
        changed.put(key, value);
        return changed;
    }

    @Override
    public String toString() {
        return "match " + matchIndex + " of " + heard.values() + (joins.isEmpty() ? "" : ", lets in " + joins.values())
                + ", round " + round + " answered " + answered + ", " + reads.size() + " reads";
    }
}
