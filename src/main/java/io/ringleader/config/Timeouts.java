package io.ringleader.config;

/**
 * How long a node waits for what.
 *
 * @param heartbeatMillis how often a leader makes itself heard
 * @param electionTimeoutMinMillis a follower that hears no leader for a random time from this one ...
 * @param electionTimeoutMaxMillis ... to this one asks for an election
 * @param commandTimeoutMillis a client's command is answered within this time, with an error if need be
 * @param stopMillis a node that is told to stop takes this long at most to hand over what it leads and to see its clients off
 */
public record Timeouts(
        long heartbeatMillis,
        long electionTimeoutMinMillis,
        long electionTimeoutMaxMillis,
        long commandTimeoutMillis,
        long stopMillis) {}
