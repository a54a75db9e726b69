package io.ringleader.raft;

/** The role of a node in one group (§5.1, Figure 4). A pre-candidate asks whether it could win before it disturbs anyone (thesis §9.6). */
public enum Role {
    FOLLOWER,
    PRE_CANDIDATE,
    CANDIDATE,
    LEADER
}
