package io.ringleader.jepsen;

import io.ringleader.jepsen.Journal.FaultSpan;
import io.ringleader.linearizability.History;
import io.ringleader.linearizability.Operation;
import io.ringleader.linearizability.Operation.Outcome;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Draws how long operations took and how many there were, over time, as SVG that needs nothing else. Stateless. */
final class Plots {
    private static final double LATENCY_MILLIS_MIN = 0.1;
    private static final int LATENCY_DECADES = 5;
    private static final int RATE_LINES = 5;

    private Plots() {}

    /** One dot for each operation that ended, at its invocation, on a logarithmic scale. */
    static String latency(String title, History history, List<FaultSpan> faults) {
        Frame frame = new Frame("Latency: " + title, seconds(history, faults), faults);
        for (int decade = 0; decade <= LATENCY_DECADES; decade++) {
            double millis = LATENCY_MILLIS_MIN * Math.pow(10, decade);
            frame.horizontal(decade / (double) LATENCY_DECADES, millis < 1 ? "0.1 ms" : (long) millis + " ms");
        }
        Map<Outcome, StringBuilder> dots = new EnumMap<>(Outcome.class);
        for (Operation o : history.operations()) {
            if (o.completedAt() == Operation.NEVER) {
                continue;
            }
            double millis = Math.max(LATENCY_MILLIS_MIN, (o.completedNanos() - o.invokedNanos()) / 1e6);
            double height = Math.log10(millis / LATENCY_MILLIS_MIN) / LATENCY_DECADES;
            dots.computeIfAbsent(o.outcome(), each -> new StringBuilder())
                    .append(String.format(
                            Locale.ROOT,
                            "M%.1f %.1fh0",
                            frame.x(o.invokedNanos() / 1e9),
                            frame.y(Math.min(1, height))));
        }
        dots.forEach((outcome, path) -> frame.add("<path d=\"" + path + "\" fill=\"none\" stroke=\"" + color(outcome)
                + "\" stroke-width=\"3\" stroke-linecap=\"round\" stroke-opacity=\"0.7\"/>\n"));
        return frame.end();
    }

    /** How many operations ended in each second. */
    static String rate(String title, History history, List<FaultSpan> faults) {
        double seconds = seconds(history, faults);
        Map<Outcome, int[]> rates = new EnumMap<>(Outcome.class);
        for (Outcome outcome : Outcome.values()) {
            rates.put(outcome, new int[(int) Math.ceil(seconds) + 1]);
        }
        int highest = 1;
        for (Operation o : history.operations()) {
            if (o.completedAt() != Operation.NEVER) {
                int count = ++rates.get(o.outcome())[(int) (o.completedNanos() / 1_000_000_000L)];
                highest = Math.max(highest, count);
            }
        }
        Frame frame = new Frame("Operations a second: " + title, seconds, faults);
        for (int line = 0; line <= RATE_LINES; line++) {
            frame.horizontal(line / (double) RATE_LINES, Integer.toString(highest * line / RATE_LINES));
        }
        for (Map.Entry<Outcome, int[]> each : rates.entrySet()) {
            StringBuilder points = new StringBuilder();
            for (int second = 0; second < seconds; second++) {
                double height = each.getValue()[second] / (double) highest;
                points.append(String.format(
                        Locale.ROOT, "%.1f,%.1f ", frame.x(Math.min(seconds, second + 0.5)), frame.y(height)));
            }
            frame.add("<polyline points=\"" + points + "\" fill=\"none\" stroke=\"" + color(each.getKey())
                    + "\" stroke-width=\"2\"/>\n");
        }
        return frame.end();
    }

    private static double seconds(History history, List<FaultSpan> faults) {
        long last = 1_000_000_000L;
        for (Operation o : history.operations()) {
            last = Math.max(last, o.completedAt() == Operation.NEVER ? o.invokedNanos() : o.completedNanos());
        }
        for (FaultSpan fault : faults) {
            last = Math.max(last, fault.toNanos());
        }
        return last / 1e9;
    }

    static String color(Outcome outcome) {
        return switch (outcome) {
            case COMPLETED -> "#3b82f6";
            case UNKNOWN -> "#f59e0b";
            case NOT_APPLIED -> "#e11d74";
        };
    }

    static String name(Outcome outcome) {
        return switch (outcome) {
            case COMPLETED -> "ok";
            case UNKNOWN -> "info";
            case NOT_APPLIED -> "fail";
        };
    }

    /** Of a fault, by its name: cuts, kills, pauses and losses can be told apart. */
    static String shade(String nemesis) {
        if (nemesis.contains("+") || nemesis.equals("leaders")) {
            return "#a78bfa";
        } else if (nemesis.startsWith("partition")) {
            return "#fca5a5";
        } else if (nemesis.startsWith("pause")) {
            return "#93c5fd";
        }
        return nemesis.startsWith("loss") ? "#fde68a" : "#86efac";
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** Axes, faults and key of a plot. */
    private static final class Frame {
        private static final int WIDTH = 1100;
        private static final int HEIGHT = 480;
        private static final int LEFT = 70;
        private static final int RIGHT = 20;
        private static final int TOP = 85;
        private static final int BOTTOM = 50;
        private static final int VERTICALS_MAX = 12;
        private static final List<Integer> STEPS_SECONDS = List.of(1, 2, 5, 10, 30, 60, 300, 600);

        private final StringBuilder svg = new StringBuilder();
        private final double seconds;

        Frame(String title, double seconds, List<FaultSpan> faults) {
            this.seconds = seconds;
            svg.append(String.format(
                    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
                            + "font-family=\"sans-serif\" font-size=\"12\">%n<rect width=\"%d\" height=\"%d\" fill=\"white\"/>%n",
                    WIDTH, HEIGHT, WIDTH, HEIGHT, WIDTH, HEIGHT));
            text(LEFT, 22, "start", "16", title);
            faults.forEach(this::band);
            verticals();
            int x = WIDTH - RIGHT - 200;
            for (Outcome outcome : Outcome.values()) {
                add("<rect x=\"" + x + "\" y=\"12\" width=\"10\" height=\"10\" fill=\"" + color(outcome) + "\"/>\n");
                text(x + 15, 22, "start", "12", name(outcome));
                x += 65;
            }
        }

        private void band(FaultSpan fault) {
            double from = x(fault.fromNanos() / 1e9);
            double width = Math.max(1, x(fault.toNanos() / 1e9) - from);
            add(String.format(
                    Locale.ROOT,
                    "<g><title>%s: %s</title><rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\" "
                            + "fill-opacity=\"0.35\"/>",
                    fault.nemesis(),
                    escaped(fault.description()),
                    from,
                    TOP,
                    width,
                    HEIGHT - TOP - BOTTOM,
                    shade(fault.nemesis())));
            add(String.format(
                    Locale.ROOT,
                    "<text x=\"%.1f\" y=\"%d\" font-size=\"10\" fill=\"#555\" transform=\"rotate(-18 %.1f %d)\">%s</text></g>%n",
                    from + 2,
                    TOP - 3,
                    from + 2,
                    TOP - 3,
                    fault.nemesis()));
        }

        private void verticals() {
            int step = STEPS_SECONDS.stream()
                    .filter(each -> seconds / each <= VERTICALS_MAX)
                    .findFirst()
                    .orElse((int) seconds);
            for (int second = 0; second <= seconds; second += step) {
                line(x(second), TOP, x(second), HEIGHT - BOTTOM);
                text(x(second), HEIGHT - BOTTOM + 18, "middle", "12", second + " s");
            }
        }

        /** @param height from 0 to 1 */
        void horizontal(double height, String label) {
            line(LEFT, y(height), WIDTH - RIGHT, y(height));
            text(LEFT - 6, y(height) + 4, "end", "12", label);
        }

        private void line(double x1, double y1, double x2, double y2) {
            add(String.format(
                    Locale.ROOT,
                    "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>%n",
                    x1,
                    y1,
                    x2,
                    y2));
        }

        private void text(double x, double y, String anchor, String size, String text) {
            add(String.format(
                    Locale.ROOT,
                    "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%s\" fill=\"#222\">%s</text>%n",
                    x,
                    y,
                    anchor,
                    size,
                    escaped(text)));
        }

        double x(double second) {
            return LEFT + (WIDTH - LEFT - RIGHT) * second / seconds;
        }

        double y(double height) {
            return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * height;
        }

        void add(String text) {
            svg.append(text);
        }

        String end() {
            return svg.append("</svg>\n").toString();
        }
    }
}
