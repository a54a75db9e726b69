package io.ringleader.spec;

import io.ringleader.raft.HardState;
import io.ringleader.raft.Replica;
import io.ringleader.raft.Role;
import io.ringleader.raft.SnapshotPoint;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The state of one server, as in the upper left box of Figure 2. Immutable: an {@link Action} makes another.
 *
 * @param currentTerm latest term it has seen
 * @param votedFor the candidate that received its vote in that term, {@link HardState#NOBODY} if none
 * @param log in memory, which is ahead of the disk
 * @param snapshot what it has a snapshot of; the log may reach further back than that
 * @param commitIndex highest entry known to be committed
 * @param leader who leads the current term as far as it knows, {@link HardState#NOBODY} if unknown
 * @param votes which replicas granted it a vote: a preliminary one if it is a pre-candidate, a real one if it is a candidate
 * @param leading what only leaders have; {@link Leading#NOT} for others
 * @param following what only those have who do not lead
 * @param standing which directories count
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
        SortedMap<Integer, Replica> votes,
        Leading leading,
        Following following,
        Standing standing,
        Disk disk) {

    static final SortedMap<Integer, Replica> NO_VOTES = new TreeMap<>();

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
                Following.NOT,
                Standing.of(id, disk.replicas()),
                disk);
    }

    boolean isLeader() {
        return role == Role.LEADER;
    }

    boolean isVoter() {
        return standing.isVoter();
    }

    /**
     * A server that does not know what its node has promised votes for nobody. Of two, each majority has the other in it, so that
     * one knows everything that counts.
     */
    boolean mayVote() {
        return isVoter() || voters.size() == 2;
    }

    /** Whether enough have voted for it; the votes of directories that were replaced do not count. */
    boolean hasVotesOfMajority() {
        return isMajority(
                (int) votes.values().stream().filter(standing::isCurrent).count());
    }

    boolean isMajority(int nodes) {
        return nodes > voters.size() / 2;
    }

    // ---- the same server with something changed

    Server inTerm(long term, int vote) {
        return new Server(
                id,
                voters,
                term,
                vote,
                log,
                snapshot,
                commitIndex,
                role,
                leader,
                votes,
                leading,
                following,
                standing,
                disk);
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
                        following,
                        standing,
                        disk);
    }

    Server withVote(Replica voter) {
        SortedMap<Integer, Replica> more = new TreeMap<>(votes);
        more.put(voter.node(), voter);
        return new Server(
                id,
                voters,
                currentTerm,
                votedFor,
                log,
                snapshot,
                commitIndex,
                role,
                leader,
                more,
                leading,
                following,
                standing,
                disk);
    }

    Server with(Leading newLeading) {
        return new Server(
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
                newLeading,
                following,
                standing,
                disk);
    }

    Server with(Following newFollowing) {
        return newFollowing == following
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
                        newFollowing,
                        standing,
                        disk);
    }

    Server with(Standing newStanding) {
        return new Server(
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
                following,
                newStanding,
                disk);
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
                following,
                standing,
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
                        following,
                        standing,
                        newDisk);
    }

    @Override
    public String toString() {
        return "node " + id + ": " + role + ", term " + currentTerm + ", voted for " + votedFor + ", leader " + leader
                + ", commit " + commitIndex + ", log " + log + ", snapshot " + snapshot
                + (votes.isEmpty() ? "" : ", votes of " + votes.values()) + ", " + standing
                + (isLeader() ? ", " + leading : "") + "; on disk: "
                + disk;
    }
}
