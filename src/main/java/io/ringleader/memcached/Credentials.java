package io.ringleader.memcached;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The users that may log in, for every dialect. Immutable; any thread may ask.
 *
 * <p>How long an answer takes depends on the number of users and on the lengths of what was sent, not on how much of it is
 * right.
 */
public final class Credentials {
    private record User(byte[] name, byte[] password) {}

    private final List<User> users = new ArrayList<>();

    /** @param passwords by user name; both are compared as UTF-8 */
    public Credentials(Map<String, String> passwords) {
        passwords.forEach((name, password) ->
                users.add(new User(name.getBytes(StandardCharsets.UTF_8), password.getBytes(StandardCharsets.UTF_8))));
    }

    /** Whether there is such a user and this is the password. */
    boolean accept(byte[] name, byte[] password) {
        boolean accepted = false;
        for (User user : users) {
            // Both are always compared, and with every user.
            boolean sameName = MessageDigest.isEqual(name, user.name);
            boolean samePassword = MessageDigest.isEqual(password, user.password);
            accepted |= sameName & samePassword;
        }
        return accepted;
    }

    /**
     * The same for a message of SASL PLAIN (RFC 4616): an identity to act as, a NUL, the name, a NUL, the password. Nobody acts
     * as another here: the identity must be empty or the name. False also for what is no such message.
     */
    boolean acceptPlain(byte[] message, int offset, int length) {
        int end = offset + length;
        int first = indexOfNul(message, offset, end);
        int second = first < 0 ? -1 : indexOfNul(message, first + 1, end);
        if (second < 0) {
            return false;
        }
        byte[] identity = Arrays.copyOfRange(message, offset, first);
        byte[] name = Arrays.copyOfRange(message, first + 1, second);
        boolean self = identity.length == 0 || Arrays.equals(identity, name);
        return accept(name, Arrays.copyOfRange(message, second + 1, end)) && self;
    }

    private static int indexOfNul(byte[] bytes, int from, int to) {
        for (int at = from; at < to; at++) {
            if (bytes[at] == 0) {
                return at;
            }
        }
        return -1;
    }

    /** Without names and passwords: this may end up in a log. */
    @Override
    public String toString() {
        return "Credentials of " + users.size() + " users";
    }
}
