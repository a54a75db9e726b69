package io.ringleader.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;

/** A command as a value, with strings whose characters are bytes. Operands that the operation does not have are ignored. */
record Command(byte op, String key, int flags, long exptime, long cas, long delta, String value, General general) {
    /** What only a general operation has; see {@link Options}. */
    record General(int options, byte mode, long newCas, long vivify, long recache, long initial) {
        static final General NONE = new General(0, Op.SET, 0, 0, 0, 0);
    }

    boolean has(int option) {
        return (general.options & option) != 0;
    }

    /** The command as it is put together for the store. */
    private ItemCommand itemCommand() {
        ItemCommand item = new ItemCommand();
        switch (op) {
            case Op.FETCH -> item.fetch();
            case Op.STORE -> item.store(general.mode, flags);
            case Op.REMOVE -> item.remove();
            default -> item.arithmetic(delta).initial(general.initial);
        }
        operand(Options.COMPARE, () -> item.compare(cas));
        operand(Options.NEW_CAS, () -> item.newCas(general.newCas));
        operand(Options.TOUCH, () -> item.touch(exptime));
        operand(Options.VIVIFY, () -> item.vivify(general.vivify));
        operand(Options.RECACHE, () -> item.recache(general.recache));
        return item.with(general.options);
    }

    private void operand(int option, Runnable setter) {
        if (has(option)) {
            setter.run();
        }
    }

    static Command get(String key) {
        return new Command(Op.GET, key, 0, 0, 0, 0, "", General.NONE);
    }

    static Command gat(String key, long exptime) {
        return new Command(Op.GAT, key, 0, exptime, 0, 0, "", General.NONE);
    }

    static Command set(String key, String value) {
        return set(key, 0, 0, value);
    }

    static Command set(String key, int flags, long exptime, String value) {
        return new Command(Op.SET, key, flags, exptime, 0, 0, value, General.NONE);
    }

    static Command add(String key, String value) {
        return new Command(Op.ADD, key, 0, 0, 0, 0, value, General.NONE);
    }

    static Command replace(String key, String value) {
        return new Command(Op.REPLACE, key, 0, 0, 0, 0, value, General.NONE);
    }

    static Command cas(String key, long cas, String value) {
        return new Command(Op.CAS, key, 0, 0, cas, 0, value, General.NONE);
    }

    static Command append(String key, String value) {
        return new Command(Op.APPEND, key, 0, 0, 0, 0, value, General.NONE);
    }

    static Command prepend(String key, String value) {
        return new Command(Op.PREPEND, key, 0, 0, 0, 0, value, General.NONE);
    }

    static Command delete(String key) {
        return new Command(Op.DELETE, key, 0, 0, 0, 0, "", General.NONE);
    }

    static Command incr(String key, long delta) {
        return new Command(Op.INCR, key, 0, 0, 0, delta, "", General.NONE);
    }

    static Command decr(String key, long delta) {
        return new Command(Op.DECR, key, 0, 0, 0, delta, "", General.NONE);
    }

    static Command touch(String key, long exptime) {
        return new Command(Op.TOUCH, key, 0, exptime, 0, 0, "", General.NONE);
    }

    static Command flushAll(long exptime) {
        return new Command(Op.FLUSH_ALL, "", 0, exptime, 0, 0, "", General.NONE);
    }

    void writeTo(ByteWriter w) {
        byte[] k = key.getBytes(ISO_8859_1);
        byte[] v = value.getBytes(ISO_8859_1);
        switch (op) {
            case Op.GET -> CommandWriter.get(w, k, 0, k.length);
            case Op.GAT -> CommandWriter.gat(w, k, 0, k.length, exptime);
            case Op.SET -> CommandWriter.set(w, k, 0, k.length, flags, exptime, v, 0, v.length);
            case Op.ADD -> CommandWriter.add(w, k, 0, k.length, flags, exptime, v, 0, v.length);
            case Op.REPLACE -> CommandWriter.replace(w, k, 0, k.length, flags, exptime, v, 0, v.length);
            case Op.CAS -> CommandWriter.cas(w, k, 0, k.length, flags, exptime, cas, v, 0, v.length);
            case Op.APPEND -> CommandWriter.append(w, k, 0, k.length, v, 0, v.length);
            case Op.PREPEND -> CommandWriter.prepend(w, k, 0, k.length, v, 0, v.length);
            case Op.DELETE -> CommandWriter.delete(w, k, 0, k.length);
            case Op.INCR -> CommandWriter.incr(w, k, 0, k.length, delta);
            case Op.DECR -> CommandWriter.decr(w, k, 0, k.length, delta);
            case Op.TOUCH -> CommandWriter.touch(w, k, 0, k.length, exptime);
            case Op.FLUSH_ALL -> CommandWriter.flushAll(w, exptime);
            case Op.FETCH, Op.REMOVE, Op.ARITHMETIC -> itemCommand().writeTo(w, k, 0, k.length);
            case Op.STORE -> itemCommand().writeTo(w, k, 0, k.length, v, 0, v.length);
            default -> throw new IllegalArgumentException(Op.name(op));
        }
    }

    /** A batch that no leader has stamped yet. */
    static byte[] batch(int node, long incarnation, long sequence, List<Command> commands) {
        ByteWriter w = new ByteWriter();
        CommandBatch.begin(w);
        commands.forEach(command -> command.writeTo(w));
        CommandBatch.session(w, node, incarnation, sequence, commands.size());
        return w.toByteArray();
    }

    static byte[] encode(List<Command> commands) {
        ByteWriter w = new ByteWriter();
        commands.forEach(command -> command.writeTo(w));
        return w.toByteArray();
    }
}
