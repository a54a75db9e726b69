package io.ringleader.linearizability;

import static io.ringleader.linearizability.Edn.keyword;

import io.ringleader.linearizability.Answer.Status;
import io.ringleader.linearizability.Command.Mode;
import io.ringleader.linearizability.Operation.Outcome;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes histories of simple workloads in the words of Knossos and Elle, so that the same file can be judged by an
 * independent checker. The shapes are in {@code docs/formats.md}. An operation that the shape has no word for is an error: a
 * history with holes in it would be judged wrongly. Stateless.
 */
public final class SimpleEdn {
    /** What a miss is: Knossos takes a read of nil as one whose result is not known. */
    private static final Edn.Keyword ABSENT = keyword("absent");

    private SimpleEdn() {}

    /**
     * Knossos' {@code cas-register}: {@code :read}, {@code :write}, {@code :cas [old new]}, where the old value is the one
     * that was seen with the cas id. Values that are numbers are written as numbers.
     *
     * @param key the only key that is written, with bare values; null for all keys, with values {@code [key value]} as
     *     Jepsen's independent histories have them
     * @throws IllegalArgumentException if there are other commands than get, set, delete, and set with a cas id that was seen
     */
    public static String register(History history, String key) {
        List<Operation> operations = history.operations().stream()
                .filter(o -> key == null || o.key() == null || o.key().equals(key))
                .toList();
        return EdnEvents.write(operations, new Register(operations, key != null));
    }

    /**
     * Elle's {@code list-append} with one micro-operation per transaction: {@code [[:append k element]]} and {@code [[:r k
     * [elements]]]}. A list is a value of numbers that each end with a space; its first element comes by an add.
     *
     * @throws IllegalArgumentException if there are other commands than get, and add and append of such numbers
     */
    public static String listAppend(History history) {
        return EdnEvents.write(history.operations(), new ListAppend());
    }

    /**
     * Elle's {@code rw-register} with one micro-operation per transaction: {@code [[:w k value]]} and {@code [[:r k value]]},
     * where a miss is nil.
     *
     * @throws IllegalArgumentException if there are other commands than get and set
     */
    public static String readWriteRegister(History history) {
        return EdnEvents.write(history.operations(), new ReadWriteRegister());
    }

    private static boolean isGet(Operation o) {
        return o.command().equals(Command.get());
    }

    private static boolean isPlain(Command.Store c) {
        return c.newCas() == null && c.vivifyExptime() == null && !c.invalidate() && c.exptime() == 0;
    }

    /** A number as a number, and anything else as a string. */
    private static Object value(String text) {
        boolean isNumber = text.matches("0|-?[1-9][0-9]{0,17}");
        return isNumber ? (Object) Long.valueOf(text) : text;
    }

    private static Object seen(Operation o, Object absent) {
        return o.answer().status() == Status.MISS ? absent : value(valueOf(o));
    }

    private static String valueOf(Operation o) {
        if (o.answer().value() == null) {
            throw unknownTo("a checker that has to know what was read", o);
        }
        return o.answer().value();
    }

    private static IllegalArgumentException unknownTo(String shape, Operation o) {
        return new IllegalArgumentException("This operation cannot be told to " + shape + ": " + o);
    }

    private static List<Object> transaction(Object function, Operation o, Object value) {
        return List.of(Arrays.asList(function, o.key(), value));
    }

    private record Version(String key, long cas) {}

    private static final class Register implements EdnEvents.Shape {
        private final boolean bare;
        private final Map<Version, String> versions = new HashMap<>();

        Register(List<Operation> operations, boolean bare) {
            this.bare = bare;
            for (Operation o : operations) {
                if (o.isCompleted() && isGet(o) && o.answer().cas() != null) {
                    versions.put(new Version(o.key(), o.answer().cas()), valueOf(o));
                }
            }
        }

        @Override
        public String function(Operation o) {
            if (isGet(o)) {
                return "read";
            } else if (o.command().equals(Command.delete())) {
                // One that found nothing is a read of nothing.
                return isRefused(o) ? "read" : "write";
            } else if (o.command() instanceof Command.Store c && c.mode() == Mode.SET && isPlain(c)) {
                return c.compare() == null ? "write" : "cas";
            }
            throw unknownTo("a register", o);
        }

        @Override
        public Object invoked(Operation o) {
            return switch (function(o)) {
                case "read" -> keyed(o, null);
                case "write" -> keyed(o, o.command() instanceof Command.Store c ? value(c.value()) : ABSENT);
                default -> keyed(o, comparison(o, (Command.Store) o.command()));
            };
        }

        private Object comparison(Operation o, Command.Store c) {
            String old = versions.get(new Version(o.key(), c.compare()));
            boolean stored = o.isCompleted() && o.answer().status() == Status.STORED;
            if (o.isCompleted() && !stored && !isFailure(o)) {
                throw unknownTo("a register", o);
            }
            if (old == null && (stored || o.outcome() == Outcome.UNKNOWN)) {
                throw unknownTo("a register, since nobody has seen a value with its cas id", o);
            }
            return Arrays.asList(old == null ? ABSENT : value(old), value(c.value()));
        }

        @Override
        public Object returned(Operation o) {
            if (!function(o).equals("read")) {
                return invoked(o);
            }
            return keyed(o, isGet(o) ? seen(o, ABSENT) : ABSENT);
        }

        @Override
        public boolean isFailure(Operation o) {
            return o.command() instanceof Command.Store && isRefused(o);
        }

        private static boolean isRefused(Operation o) {
            return o.isCompleted()
                    && (o.answer().status() == Status.EXISTS || o.answer().status() == Status.NOT_FOUND);
        }

        private Object keyed(Operation o, Object value) {
            return bare ? value : Arrays.asList(o.key(), value);
        }
    }

    private static final class ListAppend implements EdnEvents.Shape {
        @Override
        public String function(Operation o) {
            return "txn";
        }

        @Override
        public Object invoked(Operation o) {
            return isGet(o) ? transaction(keyword("r"), o, null) : transaction(keyword("append"), o, element(o));
        }

        @Override
        public Object returned(Operation o) {
            if (!isGet(o)) {
                return invoked(o);
            }
            String text = o.answer().status() == Status.MISS ? "" : valueOf(o);
            List<Object> elements = text.isEmpty()
                    ? List.of()
                    : Arrays.stream(text.split(" ")).map(SimpleEdn::value).toList();
            return transaction(keyword("r"), o, elements);
        }

        @Override
        public boolean isFailure(Operation o) {
            return !isGet(o) && o.answer().status() != Status.STORED;
        }

        private static Object element(Operation o) {
            if (o.command() instanceof Command.Store c
                    && (c.mode() == Mode.ADD || c.mode() == Mode.APPEND)
                    && isPlain(c)
                    && c.compare() == null
                    && c.value().matches("(0|[1-9][0-9]{0,17}) ")) {
                return value(c.value().trim());
            }
            throw unknownTo("a list", o);
        }
    }

    private static final class ReadWriteRegister implements EdnEvents.Shape {
        @Override
        public String function(Operation o) {
            return "txn";
        }

        @Override
        public Object invoked(Operation o) {
            if (isGet(o)) {
                return transaction(keyword("r"), o, null);
            }
            if (o.command() instanceof Command.Store c && c.mode() == Mode.SET && isPlain(c) && c.compare() == null) {
                return transaction(keyword("w"), o, value(c.value()));
            }
            throw unknownTo("a register that is only read and written", o);
        }

        @Override
        public Object returned(Operation o) {
            return isGet(o) ? transaction(keyword("r"), o, seen(o, null)) : invoked(o);
        }

        @Override
        public boolean isFailure(Operation o) {
            return false;
        }
    }
}
