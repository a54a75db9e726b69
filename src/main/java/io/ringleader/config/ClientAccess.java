package io.ringleader.config;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What clients must show and what they may do.
 *
 * @param authFile where the users are written, absolute; empty if clients need not log in
 * @param passwords by user; empty without an {@code authFile}
 * @param allowShutdownCommand whether a client may end a node
 */
public record ClientAccess(Optional<Path> authFile, Map<String, String> passwords, boolean allowShutdownCommand) {
    /** Nobody needs to log in, nobody may end a node. */
    public static final ClientAccess OPEN = new ClientAccess(Optional.empty(), Map.of(), false);

    /** Copies the map. */
    public ClientAccess {
        passwords = Collections.unmodifiableMap(new TreeMap<>(passwords));
    }

    /** For logs: without users and passwords. */
    @Override
    public String toString() {
        return "ClientAccess[authFile=" + authFile + ", users=" + passwords.size() + ", allowShutdownCommand="
                + allowShutdownCommand + "]";
    }
}
