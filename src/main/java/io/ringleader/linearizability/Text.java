package io.ringleader.linearizability;

import io.ringleader.linearizability.Verdict.Evidence;
import io.ringleader.linearizability.Verdict.KeyVerdict;
import io.ringleader.linearizability.Verdict.Linearized;
import io.ringleader.linearizability.Verdict.Result;
import java.util.List;

/** Operations, states and verdicts in words. */
final class Text {
    private static final int MAX_QUOTED = 60;
    private static final int MAX_PREFIX_LINES = 12;
    private static final int MAX_PENDING_LINES = 12;

    private Text() {}

    /** The value in quotes; of a long one its beginning and its length. */
    static String quoted(String value) {
        StringBuilder text = new StringBuilder("\"");
        for (int i = 0; i < Math.min(value.length(), MAX_QUOTED); i++) {
            char c = value.charAt(i);
            if (c >= ' ' && c < 0x7f && c != '"' && c != '\\') {
                text.append(c);
            } else {
                text.append(String.format("\\x%02x", (int) c));
            }
        }
        text.append('"');
        return value.length() <= MAX_QUOTED ? text.toString() : text + "... (" + value.length() + " bytes)";
    }

    static String command(Operation o) {
        return command(o.command(), o.key() == null ? "" : " " + quoted(o.key()));
    }

    /** @param key what to say of the key, with a space before it; may be nothing */
    static String command(Command command, String key) {
        if (command instanceof Command.Fetch c) {
            return "get" + key + option("exptime", c.exptime()) + option("vivify", c.vivifyExptime())
                    + option("recache", c.recacheExptime()) + (c.wins() ? " wins" : "");
        } else if (command instanceof Command.Store c) {
            return c.mode().name().toLowerCase(java.util.Locale.ROOT) + key + " " + quoted(c.value())
                    + option("flags", c.clientFlags() == 0 ? null : Integer.toUnsignedLong(c.clientFlags()))
                    + option("exptime", c.exptime() == 0 ? null : c.exptime()) + option("compare", c.compare())
                    + option("cas", c.newCas()) + option("vivify", c.vivifyExptime())
                    + (c.invalidate() ? " invalidate" : "");
        } else if (command instanceof Command.Delete c) {
            return "delete" + key + option("compare", c.compare()) + option("cas", c.newCas())
                    + option("exptime", c.exptime()) + (c.stale() ? " stale" : "") + (c.empty() ? " empty" : "");
        } else if (command instanceof Command.Count c) {
            return (c.subtract() ? "decr" : "incr") + key + " " + Long.toUnsignedString(c.delta())
                    + option("compare", c.compare()) + option("cas", c.newCas()) + option("exptime", c.exptime())
                    + option("vivify", c.vivifyExptime())
                    + (c.vivifyExptime() == null ? "" : option("initial", c.initial()));
        } else if (command instanceof Command.Touch c) {
            return "touch" + key + " " + c.exptime();
        }
        return "flush_all " + ((Command.FlushAll) command).delaySeconds();
    }

    private static String option(String name, Long value) {
        return value == null ? "" : " " + name + "=" + value;
    }

    static String explain(Verdict verdict) {
        StringBuilder text = new StringBuilder();
        long operations = verdict.keys().stream()
                .mapToLong(key -> key.linearization().size())
                .sum();
        text.append(verdict.result()).append(": ").append(verdict.keys().size()).append(" keys");
        if (verdict.isValid()) {
            return text.append(", ")
                    .append(operations)
                    .append(" operations have an order that explains every answer.\n")
                    .toString();
        }
        text.append('\n');
        for (KeyVerdict key : verdict.keys()) {
            if (key.result() == Result.INVALID) {
                explain(text.append("Key ").append(quoted(key.key())).append(": nothing explains\n"), key.evidence());
            } else if (key.result() == Result.UNDECIDED) {
                text.append("Key ").append(quoted(key.key())).append(" is undecided: ");
                text.append(key.reason()).append('\n');
            }
        }
        return text.toString();
    }

    private static void explain(StringBuilder text, Evidence evidence) {
        text.append("  ").append(evidence.unplaceable()).append('\n');
        text.append("At its return the key can have been:\n");
        evidence.states().forEach(state -> text.append("  ").append(state).append('\n'));
        explainPending(text, evidence.pending());
        List<Linearized> prefix = evidence.prefix();
        int from = Math.max(0, prefix.size() - MAX_PREFIX_LINES);
        text.append("What returned before it is explained by this order of ")
                .append(prefix.size())
                .append(from == 0 ? " operations:\n" : " operations, of which these are the last:\n");
        for (Linearized done : prefix.subList(from, prefix.size())) {
            text.append("  ").append(done.operation()).append("\n    after it: ");
            text.append(done.state()).append('\n');
        }
    }

    private static void explainPending(StringBuilder text, List<Operation> pending) {
        if (pending.isEmpty()) {
            return;
        }
        int from = Math.max(0, pending.size() - MAX_PENDING_LINES);
        text.append("These ")
                .append(pending.size())
                .append(from == 0 ? " might have" : " (the last are shown) might have")
                .append(" taken effect too, which does not help:\n");
        pending.subList(from, pending.size())
                .forEach(o -> text.append("  ").append(o).append('\n'));
    }
}
