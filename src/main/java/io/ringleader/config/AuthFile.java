package io.ringleader.config;

import io.ringleader.config.ConfigFile.BadValueException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The file of users that may log in, one {@code user:password} in each line. No message has anything of a line in it. */
final class AuthFile {
    /** A log-in has at most 16 KiB, so longer words could never be used; this is memcached's limit of a line. */
    private static final int LINE_CHARACTERS_MAX = 256;

    private static final int USERS_MAX = 1000;
    static final String REMEDY = "Write one user:password in each line.";

    private AuthFile() {}

    /** @throws BadValueException if it is not such a file; {@code file} is its name in the message */
    static Map<String, String> parse(List<String> lines, String file) throws BadValueException {
        Map<String, String> passwords = new TreeMap<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            String where = "Line " + (i + 1) + " of " + file;
            int colon = line.indexOf(':');
            if (colon < 1 || colon == line.length() - 1) {
                throw new BadValueException(where + " is not a user, a colon and a password.", REMEDY);
            }
            if (line.length() > LINE_CHARACTERS_MAX) {
                throw new BadValueException(
                        where + " has more than " + LINE_CHARACTERS_MAX + " characters.", "Use shorter words.");
            }
            String user = line.substring(0, colon);
            if (user.indexOf(' ') >= 0) {
                throw new BadValueException(
                        where + " has a space in the name of the user.", "A client sends the name up to a space.");
            }
            if (passwords.put(user, line.substring(colon + 1)) != null) {
                throw new BadValueException(where + " names a user for the second time.", "Keep one of the lines.");
            }
        }
        if (passwords.isEmpty() || passwords.size() > USERS_MAX) {
            throw new BadValueException(
                    file + " has " + passwords.size() + " users, it must have 1 to " + USERS_MAX + ".", REMEDY);
        }
        return passwords;
    }
}
