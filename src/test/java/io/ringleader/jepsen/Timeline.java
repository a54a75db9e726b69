package io.ringleader.jepsen;

import io.ringleader.jepsen.Journal.FaultSpan;
import io.ringleader.linearizability.History;
import io.ringleader.linearizability.Operation;
import io.ringleader.linearizability.Operation.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Draws who asked what when, as a page that needs nothing else: a lane for each thing a client has under way. Stateless. */
final class Timeline {
    /** More make a page that no browser likes. */
    private static final int OPERATIONS_MAX = 10_000;

    private static final int PIXELS_PER_SECOND = 400;
    private static final int LANE_HEIGHT = 14;
    private static final int LEFT = 80;
    private static final int TOP = 40;

    private record Lane(int client, int number) {}

    private Timeline() {}

    static String page(
            String title, JepsenRun.Result result, History history, List<String> functions, List<FaultSpan> faults) {
        List<Operation> shown =
                history.operations().stream().limit(OPERATIONS_MAX).toList();
        Map<Integer, List<Long>> freeAt = new TreeMap<>();
        List<Lane> lanes = new ArrayList<>();
        shown.forEach(o -> lanes.add(lane(o, freeAt)));
        Map<Integer, Integer> firstRow = new TreeMap<>();
        int rows = 0;
        for (Map.Entry<Integer, List<Long>> client : freeAt.entrySet()) {
            firstRow.put(client.getKey(), rows);
            rows += client.getValue().size();
        }
        long lastNanos = shown.stream().mapToLong(Timeline::endNanos).max().orElse(0);
        double width = LEFT + x(lastNanos) + 20;
        int height = TOP + rows * LANE_HEIGHT + 20;
        StringBuilder page = new StringBuilder();
        page.append(head(title, result, history.size(), shown.size()));
        page.append(String.format(
                Locale.ROOT,
                "<div class=\"scroll\"><svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%d\">%n",
                width,
                height));
        faults.stream()
                .filter(fault -> fault.fromNanos() < lastNanos)
                .forEach(fault -> page.append(band(fault, height)));
        for (int second = 0; second <= lastNanos / 1_000_000_000L; second++) {
            double x = LEFT + x(second * 1_000_000_000L);
            page.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%.0f\" y1=\"%d\" x2=\"%.0f\" y2=\"%d\" stroke=\"#ddd\"/><text x=\"%.0f\" y=\"14\">%d s</text>%n",
                    x,
                    TOP,
                    x,
                    height,
                    x + 2,
                    second));
        }
        firstRow.forEach((client, row) -> page.append(String.format(
                "<text x=\"4\" y=\"%d\">client %d</text>%n", TOP + row * LANE_HEIGHT + LANE_HEIGHT - 3, client)));
        for (int i = 0; i < shown.size(); i++) {
            int row = firstRow.get(lanes.get(i).client()) + lanes.get(i).number();
            page.append(bar(shown.get(i), functions.get(i), TOP + row * LANE_HEIGHT));
        }
        return page.append("</svg></div></body></html>\n").toString();
    }

    private static String head(String title, JepsenRun.Result result, int all, int shown) {
        StringBuilder colors = new StringBuilder();
        for (Outcome outcome : Outcome.values()) {
            colors.append("<b style=\"background:").append(Plots.color(outcome)).append("\">&nbsp;");
            colors.append(Plots.name(outcome)).append("&nbsp;</b> ");
        }
        return "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + Plots.escaped(title)
                + "</title><style>body{font:13px sans-serif;margin:12px}b{color:#fff;padding:2px}"
                + ".scroll{overflow:auto;max-height:85vh;border:1px solid #ccc}text{font:10px sans-serif}"
                + "</style></head><body><h1>" + Plots.escaped(title) + ": valid? " + result.validity().edn + "</h1><p>"
                + colors
                + " The first " + shown + " of " + all
                + " operations. Shaded: faults. Point at anything to see what it is. <a href=\"latency.svg\">Latencies</a>, "
                + "<a href=\"rate.svg\">rates</a>, <a href=\"results.edn\">results</a>, <a href=\"history.edn\">history</a></p>\n";
    }

    /** The first lane of the client that is free. */
    private static Lane lane(Operation o, Map<Integer, List<Long>> freeAt) {
        List<Long> lanes = freeAt.computeIfAbsent(o.client(), client -> new ArrayList<>());
        int number = 0;
        while (number < lanes.size() && lanes.get(number) > o.invokedNanos()) {
            number++;
        }
        if (number == lanes.size()) {
            lanes.add(0L);
        }
        lanes.set(number, endNanos(o));
        return new Lane(o.client(), number);
    }

    /** Of one that nobody waits for any more, its beginning. */
    private static long endNanos(Operation o) {
        return o.completedAt() == Operation.NEVER ? o.invokedNanos() : o.completedNanos();
    }

    private static double x(long nanos) {
        return nanos / 1e9 * PIXELS_PER_SECOND;
    }

    private static String band(FaultSpan fault, int height) {
        return String.format(
                Locale.ROOT,
                "<g><title>%s: %s</title><rect x=\"%.1f\" y=\"20\" width=\"%.1f\" height=\"%d\" fill=\"%s\" "
                        + "fill-opacity=\"0.35\"/><text x=\"%.1f\" y=\"32\">%s: %s</text></g>%n",
                fault.nemesis(),
                Plots.escaped(fault.description()),
                LEFT + x(fault.fromNanos()),
                x(fault.toNanos() - fault.fromNanos()),
                height,
                Plots.shade(fault.nemesis()),
                LEFT + x(fault.fromNanos()) + 3,
                fault.nemesis(),
                Plots.escaped(fault.description()));
    }

    private static String bar(Operation o, String function, int y) {
        return String.format(
                Locale.ROOT,
                "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"><title>%s %s</title></rect>%n",
                LEFT + x(o.invokedNanos()),
                y + 1,
                Math.max(1.5, x(endNanos(o) - o.invokedNanos())),
                LANE_HEIGHT - 2,
                Plots.color(o.outcome()),
                function,
                Plots.escaped(o.toString()));
    }
}
