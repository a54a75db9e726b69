package io.ringleader.spec;

import io.ringleader.raft.Replica;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a server knows of data directories: a node that lost its own comes back as another replica, a newcomer, which counts for
 * nothing before it is let in. Immutable.
 *
 * @param id the node of the server
 * @param self its directory as it is on its disk; null before it is
 * @param written its directory as it was last handed to the disk
 * @param known of each other node, the newest directory
 * @param acceptedBy others that know this directory as the first of its node
 * @param replaced whether another directory has taken the place of this one
 */
record Standing(
        int id,
        Replica self,
        Replica written,
        SortedMap<Integer, Replica> known,
        SortedSet<Integer> acceptedBy,
        boolean replaced) {

    /** As a restart finds it. */
    static Standing of(int id, SortedMap<Integer, Replica> onDisk) {
        SortedMap<Integer, Replica> known = new TreeMap<>(onDisk);
        Replica self = known.remove(id);
        return new Standing(id, self, self, known, new TreeSet<>(), false);
    }

    boolean isVoter() {
        return self != null && self.voter() && !replaced;
    }

    /** Before everybody can be told who speaks, also after a crash, nothing is said and nobody listened to. */
    boolean isMute() {
        return self == null || self.generation() != written.generation() || replaced;
    }

    /** Who the server says it is. */
    Replica speaker() {
        return self == null ? written : self;
    }

    boolean isCurrent(Replica voter) {
        Replica newest = voter.node() == id ? self : known.get(voter.node());
        return newest == null || newest.generation() <= voter.generation();
    }

    boolean mayBecomeKnown(Replica newcomer) {
        Replica other = known.get(newcomer.node());
        return newcomer.node() != id
                && (other == null || other.generation() < newcomer.generation() || other.isSameDirectory(newcomer));
    }

    /** As they were handed to the disk, its own first. */
    List<Replica> directories() {
        List<Replica> all = new ArrayList<>(List.of(written));
        all.addAll(known.values());
        return all;
    }

    List<Replica> everyone() {
        List<Replica> all = new ArrayList<>(known.values());
        all.add(self.withVoter(false));
        return all;
    }

    /** Directories that took the place of others. */
    List<Replica> replacements() {
        return everyone().stream().filter(replica -> replica.generation() > 1).toList();
    }

    // ---- the same with something changed

    Standing knowing(Replica other) {
        SortedMap<Integer, Replica> more = new TreeMap<>(known);
        more.put(other.node(), other);
        return new Standing(id, self, written, more, acceptedBy, replaced);
    }

    Standing acceptedBy(int node) {
        SortedSet<Integer> more = new TreeSet<>(acceptedBy);
        more.add(node);
        return new Standing(id, self, written, known, more, replaced);
    }

    Standing acceptedByNobody() {
        return new Standing(id, self, written, known, new TreeSet<>(), replaced);
    }

    Standing writing(Replica own) {
        return new Standing(id, self, own, known, acceptedBy, replaced);
    }

    Standing onDisk(Replica own) {
        return own.equals(written) ? new Standing(id, own, written, known, acceptedBy, replaced) : this;
    }

    Standing asReplaced() {
        return new Standing(id, self, written, known, acceptedBy, true);
    }

    @Override
    public String toString() {
        return "is " + self + (written.equals(self) ? "" : ", writes " + written) + ", knows " + known.values()
                + (replaced ? ", replaced" : "");
    }
}
