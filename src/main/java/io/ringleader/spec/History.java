package io.ringleader.spec;

import io.ringleader.raft.Entry;
import io.ringleader.raft.SnapshotPoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What nobody in the cluster knows, but somebody who has seen everything does: who led which term, who voted for whom, which
 * entries were ever created, which are committed. {@link Properties} speak about it. It grows as the cluster goes on, and forgets
 * what cannot matter any more.
 */
final class History {
    /** An entry as its leader made it, with the term of the one before it. */
    record Created(Entry entry, long termBefore) {}

    /** One data directory of a node: another one knows nothing of its votes. */
    record Voter(int node, long identity) {}

    private final TreeMap<Long, Integer> leaderOfTerm = new TreeMap<>();
    private final TreeMap<Long, Map<Voter, Integer>> votesInTerm = new TreeMap<>();
    private final TreeMap<Long, Map<Long, Created>> createdAt = new TreeMap<>();
    /** By index, the term in which it became known that the entry is committed. */
    private final TreeMap<Long, Long> knownInTerm = new TreeMap<>();

    /** By node, and then in the order in which they were lost; null once it was found again. */
    private final Map<Integer, List<Disk>> lost = new TreeMap<>();

    private Log committed = Log.EMPTY;

    // ---- disks that were lost

    /** Returns how many the node had lost before. */
    int lost(int node, Disk disk) {
        List<Disk> disks = lost.computeIfAbsent(node, id -> new ArrayList<>());
        disks.add(disk);
        return disks.size() - 1;
    }

    List<Disk> lost(int node) {
        return lost.getOrDefault(node, List.of()).stream()
                .filter(Objects::nonNull)
                .toList();
    }

    /** The disk that the node lost after so many others; it is lost no more. */
    Disk found(int node, int lostBefore) {
        return lost.get(node).set(lostBefore, null);
    }

    // ---- votes and entries

    Log committed() {
        return committed;
    }

    long committedIndex() {
        return committed.lastIndex();
    }

    /** Whether the snapshot point is a committed entry, or before those that are still remembered. */
    boolean isCommitted(SnapshotPoint point) {
        return point.index() < committed.base().index() || committed.matches(point.index(), point.term());
    }

    long knownInTerm(long index) {
        return knownInTerm.getOrDefault(index, 0L);
    }

    void commit(Entry entry, long term) {
        committed = committed.append(entry);
        knownInTerm.put(entry.index(), term);
    }

    /** What a cluster that has run before has in its snapshots is committed. */
    void trust(SnapshotPoint point) {
        if (point.index() > committed.lastIndex()) {
            committed = committed.under(point);
        }
    }

    /** @return the leader of the term that is known already, or this one */
    int leader(long term, int node) {
        Integer known = leaderOfTerm.putIfAbsent(term, node);
        return known == null ? node : known;
    }

    /** The latest term that somebody has led. */
    long lastLedTerm() {
        return leaderOfTerm.isEmpty() ? 0 : leaderOfTerm.lastKey();
    }

    /** @return whom the voter is known to have voted for in this term, or this candidate */
    int vote(long term, Voter voter, int candidate) {
        Integer known = votesInTerm.computeIfAbsent(term, t -> new HashMap<>()).putIfAbsent(voter, candidate);
        return known == null ? candidate : known;
    }

    /** How many are known to have voted for the candidate in the term. */
    int votes(long term, int candidate) {
        return (int) votesInTerm.getOrDefault(term, Map.of()).entrySet().stream()
                .filter(vote -> vote.getValue() == candidate)
                .map(vote -> vote.getKey().node())
                .distinct()
                .count();
    }

    /** @return what is known to have been created with this index and term, or this */
    Created created(Entry entry, long termBefore) {
        Map<Long, Created> here = createdAt.computeIfAbsent(entry.index(), index -> new HashMap<>());
        Created known = here.get(entry.term());
        if (known == null) {
            known = new Created(entry, termBefore);
            here.put(entry.term(), known);
        }
        return known;
    }

    /** Forgets terms that all have left behind, on their disks too, and entries that all have compacted. */
    void forget(Collection<Server> all) {
        long term = Long.MAX_VALUE;
        long index = Long.MAX_VALUE;
        for (Server server : all) {
            term = Math.min(term, server.disk().term());
            index = Math.min(
                    index,
                    Math.min(
                            server.log().base().index(),
                            server.disk().log().base().index()));
        }
        leaderOfTerm.headMap(term).clear();
        votesInTerm.headMap(term).clear();
        long floor = Math.min(index, committed.lastIndex());
        if (floor > committed.base().index()) {
            createdAt.headMap(floor).clear();
            knownInTerm.headMap(floor).clear();
            committed = committed.after(floor);
        }
    }
}
