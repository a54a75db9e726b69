package io.ringleader.sim.workload;

import io.ringleader.linearizability.Command;
import io.ringleader.linearizability.Command.Mode;
import io.ringleader.sim.workload.Key.Use;
import io.ringleader.sim.workload.Request.Form;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** Makes commands of the text protocol; those of the others are made by {@link MetaRequests} and {@link BinaryRequests}. */
final class Requests {
    private static final String NOREPLY = " noreply";
    private static final int KEYS_MORE_MAX = 5;

    private final Draw draw;
    private final Keys keys;
    private final LongSupplier unixMillis;
    private final MetaRequests meta;

    Requests(Draw draw, Keys keys, LongSupplier unixMillis) {
        this.draw = draw;
        this.keys = keys;
        this.unixMillis = unixMillis;
        meta = new MetaRequests(draw, unixMillis);
    }

    /** Something to ask of the key; some commands ask the same of others too. */
    Request next(Key key) {
        if (key.use == Use.WORDS) {
            return word(key);
        } else if (key.use == Use.TALLY) {
            return tally(key);
        } else if (draw.below(3) == 0) {
            return meta.next(key);
        }
        return switch (draw.below(16)) {
            case 0, 1, 2, 3 -> read(key);
            case 4 -> readAndTouch(key);
            case 5, 6, 7 -> store(key, Mode.SET);
            case 8 -> store(key, draw.oneOf(Mode.ADD, Mode.REPLACE));
            case 9 -> extend(key, draw.value());
            case 10, 11 -> cas(key);
            case 12 -> maybeSilent(line(Kind.DELETE, key, Command.delete(), "delete " + key));
            case 13, 14 -> count(key);
            default -> touch(key);
        };
    }

    private Request word(Key key) {
        return switch (draw.below(8)) {
            case 0 -> store(key, Mode.ADD, "", 0, 0);
            case 1 -> meta.word(key, draw.word());
            case 2, 3, 4 -> read(key);
            default -> extend(key, draw.word());
        };
    }

    private Request tally(Key key) {
        return switch (draw.below(8)) {
            case 0 -> store(key, Mode.ADD, "0", 0, 0);
            case 1 -> meta.increment(key);
            case 2, 3, 4 -> read(key);
            default -> maybeSilent(line(Kind.INCR, key, Command.incr(1), "incr " + key + " 1"));
        };
    }

    private static Request line(Kind kind, Key key, Command command, String line) {
        return Request.line(kind.toString(), key, command, line + "\r\n");
    }

    private Request maybeSilent(Request request) {
        if (!draw.oneIn(25)) {
            return request;
        }
        int lineEnd = request.bytes().indexOf("\r\n");
        String bytes = request.bytes().substring(0, lineEnd)
                + NOREPLY
                + request.bytes().substring(lineEnd);
        return new Request(request.kind(), request.keys(), request.command(), bytes, Form.NEVER, null, false);
    }

    private Request read(Key key) {
        boolean withCas = draw.oneIn(2);
        return values(withCas ? Kind.GETS : Kind.GET, withCas ? "gets" : "get", key, Command.get());
    }

    private Request readAndTouch(Key key) {
        boolean withCas = draw.oneIn(2);
        long exptime = exptime(key);
        String verb = (withCas ? "gats " : "gat ") + exptime;
        return values(withCas ? Kind.GATS : Kind.GAT, verb, key, Command.getAndTouch(exptime));
    }

    private Request values(Kind kind, String verb, Key key, Command command) {
        List<Key> all = draw.oneIn(3) ? keys.pickWith(key, 1 + draw.below(KEYS_MORE_MAX)) : List.of(key);
        String names = all.stream().map(Key::toString).collect(Collectors.joining(" "));
        return new Request(kind.toString(), all, command, verb + " " + names + "\r\n", Form.VALUES, null, false);
    }

    private Request store(Key key, Mode mode) {
        return store(key, mode, draw.value(), draw.clientFlags(), exptime(key));
    }

    private Request store(Key key, Mode mode, String value, int clientFlags, long exptime) {
        Command command = Command.store(mode, value, clientFlags, exptime);
        String verb = mode.name().toLowerCase(Locale.ROOT);
        return maybeSilent(line(
                Kind.valueOf(mode.name()),
                key,
                command,
                verb + " " + key + " " + Integer.toUnsignedString(clientFlags) + " " + exptime + " " + value.length()
                        + "\r\n" + value));
    }

    private Request extend(Key key, String value) {
        return store(key, draw.oneOf(Mode.APPEND, Mode.PREPEND), value, 0, 0);
    }

    private Request cas(Key key) {
        String value = draw.value();
        int clientFlags = draw.clientFlags();
        long exptime = exptime(key);
        long cas = draw.cas(key);
        return maybeSilent(line(
                Kind.CAS,
                key,
                Command.cas(value, clientFlags, exptime, cas),
                "cas " + key + " " + Integer.toUnsignedString(clientFlags) + " " + exptime + " " + value.length() + " "
                        + Long.toUnsignedString(cas) + "\r\n" + value));
    }

    private Request count(Key key) {
        boolean down = draw.oneIn(2);
        long delta = draw.delta();
        String line = (down ? "decr " : "incr ") + key + " " + Long.toUnsignedString(delta);
        return maybeSilent(
                line(down ? Kind.DECR : Kind.INCR, key, down ? Command.decr(delta) : Command.incr(delta), line));
    }

    private Request touch(Key key) {
        long exptime = exptime(key);
        return maybeSilent(line(Kind.TOUCH, key, Command.touch(exptime), "touch " + key + " " + exptime));
    }

    private long exptime(Key key) {
        return draw.exptime(key, unixMillis.getAsLong());
    }

    Request flush() {
        long delaySeconds = draw.oneOf(0L, 0L, 1L, 3L, -1L);
        String line = delaySeconds == 0 ? "flush_all\r\n" : "flush_all " + delaySeconds + "\r\n";
        return new Request(
                Kind.FLUSH_ALL.toString(), List.of(), Command.flushAll(delaySeconds), line, Form.LINE, null, false);
    }

    /** Its answer comes after those of quiet commands, which may have none. */
    Request nothing() {
        return new Request("mn", List.of(), null, "mn\r\n", Form.NOTHING, null, false);
    }
}
