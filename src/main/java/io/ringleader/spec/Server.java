package io.ringleader.spec;

import io.ringleader.raft.HardState;
import io.ringleader.raft.Role;
import io.ringleader.raft.SnapshotPoint;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The state of one server, as in the upper left box of Figure 2. Immutable: an {@link Action} makes another.
 *
 * @param currentTerm latest term it has seen
 * @param votedFor the candidate that received its vote in that term, {@link HardState#NOBODY} if none
 * @param log in memory, which is ahead of the disk
 * @param snapshot what it has a snapshot of; the log may reach further back than that
 * @param commitIndex highest entry known to be committed
 * @param leader who leads the current term as far as it knows, {@link HardState#NOBODY} if unknown
 * @param votes who granted it a vote: a preliminary one if it is a pre-candidate, a real one if it is a candidate
 * @param leading what only leaders have; {@link Leading#NOT} for others
 * @param disk what it would come up with after a crash
 */
public record Server(
        int id,
        List<Integer> voters,
        long currentTerm,
        int votedFor,
        Log log,
        SnapshotPoint snapshot,
        long commitIndex,
        Role role,
        int leader,
        SortedSet<Integer> votes,
        Leading leading,
        Disk disk) {

    static final SortedSet<Integer> NO_VOTES = new TreeSet<>();

    /** Action Restart: what is volatile starts anew, what is persistent comes from the disk. */
    static Server restarted(int id, List<Integer> voters, Disk disk) {
        return new Server(
                id,
                voters,
                disk.term(),
                disk.votedFor(),
                disk.log(),
                disk.log().base(),
                disk.log().base().index(),
                Role.FOLLOWER,
                HardState.NOBODY,
                NO_VOTES,
                Leading.NOT,
                disk);
    }

    boolean isLeader() {
        return role == Role.LEADER;
    }

    boolean isMajority(int nodes) {
        return nodes > voters.size() / 2;
    }

    // ---- the same server with something changed

    Server inTerm(long term, int vote) {
        return new Server(id, voters, term, vote, log, snapshot, commitIndex, role, leader, votes, leading, disk);
    }

    /** In another role nothing is left of the votes and of the leadership before. */
    Server as(Role newRole, int newLeader) {
        return role == newRole && leader == newLeader && newRole == Role.FOLLOWER
                ? this
                : new Server(
                        id,
                        voters,
                        currentTerm,
                        votedFor,
                        log,
                        snapshot,
                        commitIndex,
                        newRole,
                        newLeader,
                        NO_VOTES,
                        Leading.NOT,
                        disk);
    }

    Server withVote(int voter) {
        SortedSet<Integer> more = new TreeSet<>(votes);
        more.add(voter);
        return new Server(
                id, voters, currentTerm, votedFor, log, snapshot, commitIndex, role, leader, more, leading, disk);
    }

    Server with(Leading newLeading) {
        return new Server(
                id, voters, currentTerm, votedFor, log, snapshot, commitIndex, role, leader, votes, newLeading, disk);
    }

    Server with(Log newLog) {
        return newLog == log ? this : with(newLog, snapshot, commitIndex);
    }

    Server with(Log newLog, SnapshotPoint newSnapshot, long newCommitIndex) {
        return new Server(
                id,
                voters,
                currentTerm,
                votedFor,
                newLog,
                newSnapshot,
                newCommitIndex,
                role,
                leader,
                votes,
                leading,
                disk);
    }

    /** The commit index never falls. */
    Server committedTo(long index) {
        return index <= commitIndex ? this : with(log, snapshot, index);
    }

    Server with(Disk newDisk) {
        return newDisk == disk
                ? this
                : new Server(
                        id,
                        voters,
                        currentTerm,
                        votedFor,
                        log,
                        snapshot,
                        commitIndex,
                        role,
                        leader,
                        votes,
                        leading,
                        newDisk);
    }

    @Override
    public String toString() {
        return "node " + id + ": " + role + ", term " + currentTerm + ", voted for " + votedFor + ", leader " + leader
                + ", commit " + commitIndex + ", log " + log + ", snapshot " + snapshot
                + (votes.isEmpty() ? "" : ", votes of " + votes) + (isLeader() ? ", " + leading : "") + "; on disk: "
                + disk;
    }
}
