package io.ringleader.node;

import io.ringleader.loop.Clock;
import io.ringleader.loop.Loop;
import io.ringleader.memcached.Credentials;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What the sessions of a node use besides the {@link Router}. Owned by the client loop.
 *
 * @param sessions all open ones, in the order in which they came; each keeps itself in here
 * @param lastSession the number of the last one that came
 * @param credentials who may log in; empty if nobody needs to
 * @param shutdown ends the process; empty if clients may not
 */
record ClientServices(
        Loop loop,
        Clock clock,
        Set<ClientSession> sessions,
        int[] lastSession,
        KeyDumps dumps,
        Watchers watchers,
        Optional<Credentials> credentials,
        Optional<Runnable> shutdown) {

    ClientServices(
            Loop loop,
            Clock clock,
            KeyDumps dumps,
            Watchers watchers,
            Optional<Credentials> credentials,
            Optional<Runnable> shutdown) {
        this(loop, clock, new LinkedHashSet<>(), new int[1], dumps, watchers, credentials, shutdown);
    }

    /** A number that no other session of this process has. */
    int nextSession() {
        return ++lastSession[0];
    }
}
