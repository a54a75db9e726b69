package io.ringleader.jepsen;

import io.ringleader.linearizability.Command;
import java.util.List;

/**
 * What a client asks at once, in words of the text protocol. Immutable.
 *
 * @param function what Jepsen calls {@code :f}, for statistics
 * @param keys one, or several of a multi-get; none for a flush
 * @param command asked of each key
 * @param text the bytes, Latin-1
 */
record Request(String function, List<String> keys, Command command, String text) {
    static final String READ = "read";
    private static final String END = "\r\n";

    /** With cas ids. */
    static Request read(List<String> keys) {
        return new Request(READ, keys, Command.get(), "gets " + String.join(" ", keys) + END);
    }

    static Request read(String key) {
        return read(List.of(key));
    }

    static Request readAndTouch(String key, long exptime) {
        return new Request("gat", List.of(key), Command.getAndTouch(exptime), "gats " + exptime + " " + key + END);
    }

    static Request set(String key, String value, long exptime) {
        return store("set", key, Command.set(value, 0, exptime), exptime, value, "");
    }

    static Request add(String key, String value) {
        return store("add", key, Command.add(value), 0, value, "");
    }

    static Request append(String key, String value) {
        return store("append", key, Command.append(value), 0, value, "");
    }

    /** @param casId of a value that was read */
    static Request cas(String key, String value, long casId) {
        return store("cas", key, Command.cas(value, casId), 0, value, " " + Long.toUnsignedString(casId));
    }

    private static Request store(String verb, String key, Command command, long exptime, String value, String casId) {
        String text = verb + " " + key + " 0 " + exptime + " " + value.length() + casId + END + value + END;
        return new Request(verb, List.of(key), command, text);
    }

    static Request delete(String key) {
        return new Request("delete", List.of(key), Command.delete(), "delete " + key + END);
    }

    static Request incr(String key, long delta) {
        return new Request("incr", List.of(key), Command.incr(delta), "incr " + key + " " + delta + END);
    }

    static Request decr(String key, long delta) {
        return new Request("decr", List.of(key), Command.decr(delta), "decr " + key + " " + delta + END);
    }

    static Request touch(String key, long exptime) {
        return new Request("touch", List.of(key), Command.touch(exptime), "touch " + key + " " + exptime + END);
    }

    static Request flushAll() {
        return new Request("flush-all", List.of(), Command.flushAll(), "flush_all" + END);
    }

    /** How many operations of the history it is. */
    int operations() {
        return Math.max(1, keys.size());
    }

    /** Null for the one operation of a flush. */
    String key(int operation) {
        return keys.isEmpty() ? null : keys.get(operation);
    }
}
