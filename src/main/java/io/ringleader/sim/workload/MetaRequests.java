package io.ringleader.sim.workload;

import io.ringleader.linearizability.Command;
import io.ringleader.linearizability.Command.Mode;
import io.ringleader.sim.workload.Request.Form;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.LongSupplier;

/** Makes meta commands. Each has an opaque, which tells its answer from that of a quiet one before it. */
final class MetaRequests {
    /** A longer one does not fit in base64. */
    private static final int BASE64_MAX_BYTES = 180;

    private final Draw draw;
    private final LongSupplier unixMillis;

    MetaRequests(Draw draw, LongSupplier unixMillis) {
        this.draw = draw;
        this.unixMillis = unixMillis;
    }

    /** Gathers the flags of one command. */
    private final class Line {
        private final Kind kind;
        private final Key key;
        private final StringBuilder flags = new StringBuilder();
        private final String opaque = draw.opaque();
        private final boolean base64;
        private boolean quiet;

        Line(Kind kind, Key key) {
            this.kind = kind;
            this.key = key;
            base64 = key.name.length() <= BASE64_MAX_BYTES && draw.oneIn(8);
            flag(base64 ? "b" : "");
        }

        Line flag(String flag) {
            flags.append(flag.isEmpty() ? "" : " ").append(flag);
            return this;
        }

        Line flag(char letter, Long number) {
            return flag(number == null ? "" : letter + Long.toString(number));
        }

        Line unsigned(char letter, Long number) {
            return flag(number == null ? "" : letter + Long.toUnsignedString(number));
        }

        Line maybe(String flag) {
            return flag(draw.oneIn(2) ? flag : "");
        }

        Line maybeQuiet() {
            quiet = draw.oneIn(6);
            return flag(quiet ? "q" : "");
        }

        Request with(Command command) {
            return request(command, "", "");
        }

        Request with(Command command, String value) {
            return request(command, " " + value.length(), value + "\r\n");
        }

        private Request request(Command command, String length, String value) {
            String name = base64
                    ? Base64.getEncoder().encodeToString(key.name.getBytes(StandardCharsets.ISO_8859_1))
                    : key.name;
            String line = kind + " " + name + length + flags + " O" + opaque + "\r\n";
            return new Request(kind.toString(), List.of(key), command, line + value, Form.META, opaque, quiet);
        }
    }

    Request next(Key key) {
        return switch (draw.below(10)) {
            case 0, 1, 2, 3 -> get(key);
            case 4, 5, 6 -> set(key);
            case 7 -> delete(key);
            default -> count(key);
        };
    }

    private Long exptime(Key key) {
        return draw.exptime(key, unixMillis.getAsLong());
    }

    private Long maybeExptime(Key key, int oneIn) {
        return draw.oneIn(oneIn) ? exptime(key) : null;
    }

    private Long maybeCas(Key key, int oneIn) {
        return draw.oneIn(oneIn) ? Long.valueOf(draw.cas(key)) : null;
    }

    private Request get(Key key) {
        Long exptime = maybeExptime(key, 6);
        Long vivify = maybeExptime(key, 6);
        Long recache = exptime == null && draw.oneIn(6) ? Long.valueOf(1 + draw.below(100)) : null;
        boolean changes = exptime != null || vivify != null || recache != null;
        // The last exptime of a line stays: that of the item, if it has to be made.
        Long made = vivify != null && exptime != null ? exptime : vivify;
        Line line = new Line(Kind.MG, key);
        line.flag('N', vivify).flag('T', exptime).flag('R', recache);
        line.maybe("v")
                .maybe("f")
                .maybe("c")
                .maybe("k")
                .flag(changes ? "" : "t")
                .maybeQuiet();
        return line.with(new Command.Fetch(exptime, made, recache, true));
    }

    private Request set(Key key) {
        String value = draw.value();
        int clientFlags = draw.clientFlags();
        Mode mode = draw.oneOf(Mode.SET, Mode.SET, Mode.SET, Mode.ADD, Mode.REPLACE, Mode.APPEND, Mode.PREPEND);
        boolean extending = mode == Mode.APPEND || mode == Mode.PREPEND;
        Long compare = mode == Mode.SET || extending ? maybeCas(key, 2) : null;
        boolean invalidate = compare != null && draw.oneIn(2);
        Long vivify = extending && compare == null ? maybeExptime(key, 2) : null;
        long exptime = extending ? 0 : exptime(key);
        Line line = new Line(Kind.MS, key).flag("M" + letter(mode)).unsigned('C', compare);
        line.flag(invalidate ? "I" : "").flag('N', vivify).flag("F" + Integer.toUnsignedString(clientFlags));
        line.flag(exptime == 0 ? "" : "T" + exptime).maybe("c").maybeQuiet();
        // An item that append or prepend make has the client flags of the command.
        return line.with(
                new Command.Store(mode, value, clientFlags, exptime, compare, null, vivify, invalidate), value);
    }

    private static char letter(Mode mode) {
        return switch (mode) {
            case SET -> 'S';
            case ADD -> 'E';
            case REPLACE -> 'R';
            case APPEND -> 'A';
            case PREPEND -> 'P';
        };
    }

    private Request delete(Key key) {
        Long compare = maybeCas(key, 3);
        boolean stale = draw.oneIn(2);
        boolean empty = draw.oneIn(4);
        Long exptime = stale ? maybeExptime(key, 3) : null;
        Line line = new Line(Kind.MD, key)
                .unsigned('C', compare)
                .flag(stale ? "I" : "")
                .flag(empty ? "x" : "");
        return line.flag('T', exptime).maybeQuiet().with(new Command.Delete(compare, null, exptime, stale, empty));
    }

    private Request count(Key key) {
        boolean subtract = draw.oneIn(2);
        long delta = draw.delta();
        Long compare = maybeCas(key, 5);
        Long vivify = maybeExptime(key, 2);
        long initial = draw.delta();
        Long exptime = vivify == null ? maybeExptime(key, 5) : null;
        Line line = new Line(Kind.MA, key)
                .flag(subtract ? "MD" : "MI")
                .unsigned('D', delta)
                .unsigned('C', compare);
        line.flag('N', vivify).unsigned('J', vivify == null ? null : initial).flag('T', exptime);
        line.maybe("v").maybe("c").maybeQuiet();
        return line.with(new Command.Count(subtract, delta, compare, null, exptime, vivify, initial));
    }

    /** Puts the word at the end, and makes the item if there is none. */
    Request word(Key key, String word) {
        return new Line(Kind.MS, key)
                .flag("MA")
                .flag("N0")
                .maybeQuiet()
                .with(new Command.Store(Mode.APPEND, word, 0, 0, null, null, 0L, false), word);
    }

    Request increment(Key key) {
        return new Line(Kind.MA, key).maybe("v").maybeQuiet().with(Command.incr(1));
    }
}
