package io.ringleader.node;

import io.ringleader.memcached.Credentials;
import io.ringleader.memcached.RequestHandler;
import io.ringleader.memcached.TextLogin;
import java.nio.ByteBuffer;

/**
 * Stands before the commands of one connection until its client has logged in. After each wrong password it asks for a pause,
 * twice as long as the one before up to a bound, in which the connection is not read. Owned by the client loop.
 */
final class LoginGate {
    private static final long FIRST_PAUSE_NANOS = 200_000_000L;
    private static final int DOUBLINGS_MAX = 5;

    private final Credentials credentials;
    private final ClientStats stats;
    private final TextLogin reader;
    private boolean open;
    private boolean paused;
    private int failures;

    /** @param credentials null if nobody needs to log in */
    LoginGate(Credentials credentials, ClientStats stats) {
        this.credentials = credentials;
        this.stats = stats;
        open = credentials == null;
        reader = open ? null : new TextLogin();
    }

    /** Whether the client may say what it likes. */
    boolean isOpen() {
        return open;
    }

    /** Reads what comes before the login, see {@link TextLogin#consume}. Stops if a pause begins. */
    int consume(ByteBuffer in, RequestHandler handler) {
        return reader.consume(in, handler, this::attempt);
    }

    /** The login is accepted, or a pause begins. */
    private boolean attempt(byte[] name, byte[] password) {
        boolean accepted = credentials.accept(name, password);
        stats.onLogin(accepted);
        open = accepted;
        paused = !accepted;
        failures += accepted ? 0 : 1;
        return accepted;
    }

    boolean isPaused() {
        return paused;
    }

    /** How long the pause lasts that has begun. */
    long pauseNanos() {
        return FIRST_PAUSE_NANOS << Math.min(failures - 1, DOUBLINGS_MAX);
    }

    void endPause() {
        paused = false;
    }
}
