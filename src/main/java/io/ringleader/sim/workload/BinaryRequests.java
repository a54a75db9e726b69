package io.ringleader.sim.workload;

import io.ringleader.linearizability.Command;
import io.ringleader.linearizability.Command.Mode;
import io.ringleader.sim.workload.Key.Use;
import io.ringleader.sim.workload.Request.Form;
import java.util.List;
import java.util.function.LongSupplier;

/** Makes packets of the binary protocol. */
final class BinaryRequests {
    private static final char MAGIC = 0x80;
    /** The exptime of a counter that is not to be made. */
    private static final long MAKE_NOTHING = 0xffff_ffffL;

    private final Draw draw;
    private final LongSupplier unixMillis;
    private int nextOpaque;

    BinaryRequests(Draw draw, LongSupplier unixMillis) {
        this.draw = draw;
        this.unixMillis = unixMillis;
    }

    /** What a command is called, if it is answered and if it is quiet. */
    private record Opcodes(Kind kind, int loud, int quiet) {
        static final Opcodes GET = new Opcodes(Kind.BINARY_GET, 0x00, 0x09);
        static final Opcodes GET_AND_TOUCH = new Opcodes(Kind.BINARY_GAT, 0x1d, 0x1e);
        static final Opcodes DELETE = new Opcodes(Kind.BINARY_DELETE, 0x04, 0x14);
        static final Opcodes INCREMENT = new Opcodes(Kind.BINARY_INCREMENT, 0x05, 0x15);
        static final Opcodes DECREMENT = new Opcodes(Kind.BINARY_DECREMENT, 0x06, 0x16);
        static final Opcodes TOUCH = new Opcodes(Kind.BINARY_TOUCH, 0x1c, 0x1c);
        static final Opcodes FLUSH = new Opcodes(Kind.FLUSH_ALL, 0x08, 0x18);
        static final Opcodes NOTHING = new Opcodes(null, 0x0a, 0x0a);

        static Opcodes of(Mode mode) {
            return switch (mode) {
                case SET -> new Opcodes(Kind.BINARY_SET, 0x01, 0x11);
                case ADD -> new Opcodes(Kind.BINARY_ADD, 0x02, 0x12);
                case REPLACE -> new Opcodes(Kind.BINARY_REPLACE, 0x03, 0x13);
                case APPEND -> new Opcodes(Kind.BINARY_APPEND, 0x0e, 0x19);
                case PREPEND -> new Opcodes(Kind.BINARY_PREPEND, 0x0f, 0x1a);
            };
        }
    }

    Request next(Key key) {
        if (key.use == Use.WORDS) {
            return draw.oneIn(3) ? get(key) : extend(key, draw.word(), 0);
        } else if (key.use == Use.TALLY) {
            return draw.oneIn(2) ? get(key) : count(key, false, 1, 0, null, 0);
        }
        return switch (draw.below(12)) {
            case 0, 1, 2, 3 -> get(key);
            case 4 -> touched(key);
            case 5, 6, 7 -> store(key);
            case 8 -> extend(key, draw.value(), draw.oneIn(4) ? draw.cas(key) : 0);
            case 9 -> delete(key);
            default -> {
                Long vivify = draw.oneIn(2) ? Long.valueOf(exptime(key)) : null;
                long cas = draw.oneIn(5) ? draw.cas(key) : 0;
                yield count(key, draw.oneIn(2), draw.delta(), cas, vivify, draw.delta());
            }
        };
    }

    private long exptime(Key key) {
        return Math.max(0, draw.exptime(key, unixMillis.getAsLong()));
    }

    private Request packet(Opcodes opcodes, Key key, Command command, String extras, String value, long cas) {
        boolean quiet = opcodes.loud() != opcodes.quiet() && draw.oneIn(6);
        String opaque = BinaryDialect.bytes(nextOpaque++, 4);
        String name = key == null ? "" : key.name;
        String bytes = MAGIC
                + BinaryDialect.bytes(quiet ? opcodes.quiet() : opcodes.loud(), 1)
                + BinaryDialect.bytes(name.length(), 2)
                + BinaryDialect.bytes(extras.length(), 1)
                + BinaryDialect.bytes(0, 3)
                + BinaryDialect.bytes(extras.length() + name.length() + value.length(), 4)
                + opaque
                + BinaryDialect.bytes(cas, 8)
                + extras
                + name
                + value;
        String kind = opcodes.kind() == null ? "noop" : opcodes.kind().toString();
        return new Request(kind, key == null ? List.of() : List.of(key), command, bytes, Form.PACKET, opaque, quiet);
    }

    private Request get(Key key) {
        return packet(Opcodes.GET, key, Command.get(), "", "", 0);
    }

    private Request touched(Key key) {
        long exptime = exptime(key);
        String extras = BinaryDialect.bytes(exptime, 4);
        return draw.oneIn(2)
                ? packet(Opcodes.TOUCH, key, Command.touch(exptime), extras, "", 0)
                : packet(Opcodes.GET_AND_TOUCH, key, Command.getAndTouch(exptime), extras, "", 0);
    }

    private Request store(Key key) {
        Mode mode = draw.oneOf(Mode.SET, Mode.SET, Mode.SET, Mode.ADD, Mode.REPLACE);
        long cas = mode == Mode.SET && draw.oneIn(3) ? draw.cas(key) : 0;
        String value = draw.value();
        int clientFlags = draw.clientFlags();
        long exptime = exptime(key);
        String extras = BinaryDialect.bytes(clientFlags, 4) + BinaryDialect.bytes(exptime, 4);
        Command command =
                new Command.Store(mode, value, clientFlags, exptime, cas == 0 ? null : cas, null, null, false);
        return packet(Opcodes.of(mode), key, command, extras, value, cas);
    }

    private Request extend(Key key, String value, long cas) {
        Mode mode = draw.oneOf(Mode.APPEND, Mode.PREPEND);
        Command command = new Command.Store(mode, value, 0, 0, cas == 0 ? null : cas, null, null, false);
        return packet(Opcodes.of(mode), key, command, "", value, cas);
    }

    private Request delete(Key key) {
        long cas = draw.oneIn(3) ? draw.cas(key) : 0;
        return packet(
                Opcodes.DELETE, key, new Command.Delete(cas == 0 ? null : cas, null, null, false, false), "", "", cas);
    }

    /** @param vivify the exptime of a counter that is made; null if none is to be made */
    private Request count(Key key, boolean subtract, long delta, long cas, Long vivify, long initial) {
        String extras = BinaryDialect.bytes(delta, 8)
                + BinaryDialect.bytes(initial, 8)
                + BinaryDialect.bytes(vivify == null ? MAKE_NOTHING : vivify, 4);
        Command command = new Command.Count(subtract, delta, cas == 0 ? null : cas, null, null, vivify, initial);
        return packet(subtract ? Opcodes.DECREMENT : Opcodes.INCREMENT, key, command, extras, "", cas);
    }

    Request flush() {
        long delaySeconds = draw.oneOf(0L, 1L, 3L);
        return packet(Opcodes.FLUSH, null, Command.flushAll(delaySeconds), BinaryDialect.bytes(delaySeconds, 4), "", 0);
    }

    /** Its answer comes after those of quiet commands, which may have none. */
    Request nothing() {
        return packet(Opcodes.NOTHING, null, null, "", "", 0);
    }
}
