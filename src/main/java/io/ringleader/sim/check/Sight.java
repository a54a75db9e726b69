package io.ringleader.sim.check;

import java.util.List;
import java.util.stream.Stream;

/** What a suite of runs must have seen of Raft at least once: the situations in which its rules matter. */
public enum Sight {
    LEADER_CHANGE("another leader"),
    STEP_DOWN_LOST_QUORUM("a leader steps down because it lost its majority"),
    STEP_DOWN_STALLED_DISK("a leader steps down because its disk is stuck"),
    TRANSFER("a leadership handed over"),
    CONFLICT_TRUNCATED("a conflicting end of a log truncated"),
    FIGURE_8("an entry of an old term on a majority, and not committed"),
    SNAPSHOT_TAKEN("a snapshot taken"),
    SNAPSHOT_INSTALLED("a snapshot received and installed"),
    READ_REFUSED("a read refused because its node leads no more, or is behind"),
    READ_BY_LEASE("a read served at once by a lease"),
    READ_AT_FOLLOWER("a read served by a follower"),
    LEADER_QUIET("a leader goes quiet"),
    FOLLOWER_QUIET("a follower goes quiet"),
    WOKEN_BY_COMMAND("a quiet replica woken by a command"),
    WOKEN_BY_READ("a quiet replica woken by a read"),
    WOKEN_BY_MESSAGE("a quiet replica woken by a message"),
    WOKEN_BY_HAND_OVER("a quiet replica woken to hand over"),
    LEADER_WOKEN_BY_SUSPICION("a quiet leader told that a node may be gone"),
    FOLLOWER_WOKEN_BY_SUSPICION("a quiet follower told that its leader may be gone"),
    BATCH_REPEATED("a batch committed twice and answered from its session"),
    REJOINED("a node that lost its disk votes again"),
    UNSYNCED_SURVIVED("a record recovered that was written and not yet known to be durable"),
    UNSYNCED_LOST("a record lost that was written and not yet known to be durable");

    private final String text;

    Sight(String text) {
        this.text = text;
    }

    public static List<String> all() {
        return Stream.of(values()).map(Sight::toString).toList();
    }

    @Override
    public String toString() {
        return text;
    }
}
