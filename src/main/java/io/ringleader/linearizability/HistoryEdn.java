package io.ringleader.linearizability;

import static io.ringleader.linearizability.Edn.keyword;

import io.ringleader.linearizability.Answer.Status;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * Histories as EDN in Jepsen's format, with everything that the checker wants to know; the shape of the values is in
 * {@code docs/formats.md}. What is written can be read again and is the same history. For tools that know only registers and
 * lists there is {@link SimpleEdn}. Stateless.
 */
public final class HistoryEdn {
    private static final int U32 = 32;
    private static final int U64 = 64;

    private HistoryEdn() {}

    /** One event on a line. */
    public static String write(History history) {
        return EdnEvents.write(history.operations(), new FullShape());
    }

    /**
     * Reads events, one after the other or in one vector. Events of processes that are not numbers, like Jepsen's {@code
     * :nemesis}, are passed over.
     *
     * @throws EdnException if the text is not EDN or not such a history
     */
    public static History read(String text) {
        EdnReader reader = new EdnReader(text);
        Events events = new Events();
        while (reader.hasNext()) {
            int at = reader.position();
            Function<String, EdnException> error = problem -> reader.error(at, problem);
            Object form = reader.next();
            List<?> forms = form instanceof List<?> list ? list : List.of(form == null ? "nil" : form);
            forms.forEach(event -> events.add(event, error));
        }
        return events.recorder.history();
    }

    /** Puts invocations and completions together, by process. */
    private static final class Events {
        final HistoryRecorder recorder = new HistoryRecorder();
        private final Map<Long, Integer> running = new HashMap<>();
        private long lastNanos;

        void add(Object form, Function<String, EdnException> error) {
            EdnFields fields = new EdnFields(form, error);
            if (!(fields.take("process") instanceof Long process)) {
                return;
            }
            long nanos = fields.signed("time", lastNanos);
            if (nanos < lastNanos) {
                throw error.apply("time goes back from " + lastNanos + " to " + nanos + ".");
            }
            lastNanos = nanos;
            String type = fields.keyword("type");
            if (type.equals("invoke")) {
                invoke(process, fields, nanos, error);
                return;
            }
            Integer id = running.remove(process);
            if (id == null) {
                throw error.apply("process " + process + " completes an operation, but has none under way.");
            }
            switch (type) {
                case "ok" -> recorder.completed(id, answer(fields.pair("value").get(1), error), nanos);
                case "fail" -> recorder.notApplied(id, nanos);
                case "info" -> recorder.unknown(id, nanos);
                default -> throw error.apply("there is no event of the type :" + type + ".");
            }
        }

        private void invoke(long process, EdnFields fields, long nanos, Function<String, EdnException> error) {
            if (running.containsKey(process)) {
                throw error.apply("process " + process + " invokes an operation while another is under way.");
            }
            long client = fields.signed("client", process);
            if (client != (int) client) {
                throw error.apply("client " + client + " is not a 32 bit number.");
            }
            String function = fields.keyword("f");
            List<?> value = fields.pair("value");
            String key = fields.bytes("value", value.get(0));
            if ((key == null) != function.equals("flush-all")) {
                throw error.apply(
                        "every command but :flush-all has a key, but this is :" + function + " of " + key + ".");
            }
            Command command = command(function, new EdnFields(value.get(1), error), error);
            running.put(process, recorder.invoke((int) client, key, command, nanos));
        }
    }

    private static Command command(String function, EdnFields in, Function<String, EdnException> error) {
        Command command = switch (function) {
            case "get" ->
                new Command.Fetch(in.signed("exptime"), in.signed("vivify"), in.signed("recache"), in.isTrue("wins"));
            case "set", "add", "replace", "append", "prepend" -> store(function, in, error);
            case "delete" ->
                new Command.Delete(
                        in.unsigned("compare", U64),
                        in.unsigned("cas", U64),
                        in.signed("exptime"),
                        in.isTrue("stale"),
                        in.isTrue("empty"));
            case "incr", "decr" ->
                new Command.Count(
                        function.equals("decr"),
                        in.unsigned("delta", U64, 1),
                        in.unsigned("compare", U64),
                        in.unsigned("cas", U64),
                        in.signed("exptime"),
                        in.signed("vivify"),
                        in.unsigned("initial", U64, 0));
            case "touch" -> new Command.Touch(in.signed("exptime", 0));
            case "flush-all" -> new Command.FlushAll(in.signed("delay", 0));
            default -> throw error.apply("there is no command :" + function + ".");
        };
        in.requireEmpty();
        return command;
    }

    private static Command store(String function, EdnFields in, Function<String, EdnException> error) {
        String value = in.bytes("value");
        if (value == null) {
            throw error.apply(":" + function + " has no :value.");
        }
        return new Command.Store(
                Command.Mode.valueOf(function.toUpperCase(Locale.ROOT)),
                value,
                (int) in.unsigned("flags", U32, 0),
                in.signed("exptime", 0),
                in.unsigned("compare", U64),
                in.unsigned("cas", U64),
                in.signed("vivify"),
                in.isTrue("invalidate"));
    }

    private static Answer answer(Object form, Function<String, EdnException> error) {
        EdnFields in = new EdnFields(form, error);
        String name = in.keyword("status");
        Status status = Arrays.stream(Status.values())
                .filter(each -> name(each).equals(name))
                .findFirst()
                .orElseThrow(() -> error.apply("there is no status :" + name + "."));
        Long flags = in.unsigned("flags", U32);
        Answer answer = new Answer(
                status,
                in.bytes("value"),
                flags == null ? null : flags.intValue(),
                in.unsigned("cas", U64),
                in.unsigned("number", U64),
                in.signed("ttl"),
                in.truth("stale"),
                in.truth("taken"),
                in.truth("won"));
        in.requireEmpty();
        return answer;
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static final class FullShape implements EdnEvents.Shape {
        @Override
        public String function(Operation o) {
            Command command = o.command();
            if (command instanceof Command.Store c) {
                return name(c.mode());
            } else if (command instanceof Command.Count c) {
                return c.subtract() ? "decr" : "incr";
            } else if (command instanceof Command.Fetch) {
                return "get";
            } else if (command instanceof Command.Delete) {
                return "delete";
            }
            return command instanceof Command.Touch ? "touch" : "flush-all";
        }

        @Override
        public Object invoked(Operation o) {
            Map<Object, Object> out = new LinkedHashMap<>();
            if (o.command() instanceof Command.Store c) {
                put(out, "value", c.value());
                put(out, "flags", c.clientFlags() == 0 ? null : Integer.toUnsignedLong(c.clientFlags()));
                put(out, "exptime", c.exptime() == 0 ? null : c.exptime());
                putUnsigned(out, "compare", c.compare());
                putUnsigned(out, "cas", c.newCas());
                put(out, "vivify", c.vivifyExptime());
                putTrue(out, "invalidate", c.invalidate());
            } else if (o.command() instanceof Command.Fetch c) {
                put(out, "exptime", c.exptime());
                put(out, "vivify", c.vivifyExptime());
                put(out, "recache", c.recacheExptime());
                putTrue(out, "wins", c.wins());
            } else if (o.command() instanceof Command.Delete c) {
                putUnsigned(out, "compare", c.compare());
                putUnsigned(out, "cas", c.newCas());
                put(out, "exptime", c.exptime());
                putTrue(out, "stale", c.stale());
                putTrue(out, "empty", c.empty());
            } else if (o.command() instanceof Command.Count c) {
                putUnsigned(out, "delta", c.delta());
                putUnsigned(out, "compare", c.compare());
                putUnsigned(out, "cas", c.newCas());
                put(out, "exptime", c.exptime());
                put(out, "vivify", c.vivifyExptime());
                putUnsigned(out, "initial", c.initial() == 0 ? null : c.initial());
            } else if (o.command() instanceof Command.Touch c) {
                put(out, "exptime", c.exptime());
            } else if (o.command() instanceof Command.FlushAll c) {
                put(out, "delay", c.delaySeconds());
            }
            return Arrays.asList(o.key(), out);
        }

        @Override
        public Object returned(Operation o) {
            Answer a = o.answer();
            Map<Object, Object> out = new LinkedHashMap<>();
            put(out, "status", keyword(name(a.status())));
            put(out, "value", a.value());
            put(out, "flags", a.clientFlags() == null ? null : Integer.toUnsignedLong(a.clientFlags()));
            putUnsigned(out, "cas", a.cas());
            putUnsigned(out, "number", a.number());
            put(out, "ttl", a.ttlSeconds());
            put(out, "stale", a.stale());
            put(out, "taken", a.taken());
            put(out, "won", a.won());
            return Arrays.asList(o.key(), out);
        }

        @Override
        public boolean isFailure(Operation o) {
            return false;
        }

        private static void put(Map<Object, Object> out, String name, Object form) {
            if (form != null) {
                out.put(keyword(name), form);
            }
        }

        private static void putUnsigned(Map<Object, Object> out, String name, Long number) {
            // A symbol, because EDN has no unsigned numbers; its digits are what is written.
            put(out, name, number == null ? null : new Edn.Symbol(Long.toUnsignedString(number)));
        }

        private static void putTrue(Map<Object, Object> out, String name, boolean truth) {
            put(out, name, truth ? Boolean.TRUE : null);
        }
    }
}
