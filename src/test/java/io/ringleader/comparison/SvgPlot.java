package io.ringleader.comparison;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A plot of lines over logarithmic axes, as SVG. */
final class SvgPlot {
    /** @param x more than 0, as y */
    record Point(double x, double y) {}

    private static final int WIDTH = 760;
    private static final int HEIGHT = 440;
    private static final int LEFT = 80;
    private static final int RIGHT = 170;
    private static final int TOP = 40;
    private static final int BOTTOM = 55;
    private static final String[] COLORS = {"#d1495b", "#edae49", "#00798c", "#30638e", "#5f5f5f", "#8d5a97"};

    private final String title;
    private final String xTitle;
    private final String yTitle;
    private final Map<String, List<Point>> lines = new LinkedHashMap<>();

    SvgPlot(String title, String xTitle, String yTitle) {
        this.title = title;
        this.xTitle = xTitle;
        this.yTitle = yTitle;
    }

    /** A point of a line; its points are joined in the order in which they are added. */
    void add(String line, double x, double y) {
        lines.computeIfAbsent(line, name -> new ArrayList<>()).add(new Point(x, y));
    }

    boolean isEmpty() {
        return lines.isEmpty();
    }

    String render() {
        List<Point> all = lines.values().stream().flatMap(List::stream).toList();
        Axis x = Axis.of(all.stream().mapToDouble(Point::x).toArray(), LEFT, WIDTH - RIGHT);
        Axis y = Axis.of(all.stream().mapToDouble(Point::y).toArray(), HEIGHT - BOTTOM, TOP);
        StringBuilder svg = new StringBuilder();
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">%n"
                        + "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>%n",
                WIDTH,
                HEIGHT,
                WIDTH,
                HEIGHT));
        text(svg, LEFT, 22, "start", "font-size=\"15\"", title);
        for (double tick : x.ticks()) {
            line(svg, x.place(tick), TOP, x.place(tick), HEIGHT - BOTTOM);
            text(svg, x.place(tick), HEIGHT - BOTTOM + 18, "middle", "", label(tick));
        }
        for (double tick : y.ticks()) {
            line(svg, LEFT, y.place(tick), WIDTH - RIGHT, y.place(tick));
            text(svg, LEFT - 8, y.place(tick) + 4, "end", "", label(tick));
        }
        text(svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 12, "middle", "", xTitle);
        double middle = (TOP + HEIGHT - BOTTOM) / 2.0;
        text(svg, 18, middle, "middle", "transform=\"rotate(-90 18 " + middle + ")\"", yTitle);
        int color = 0;
        for (Map.Entry<String, List<Point>> entry : lines.entrySet()) {
            series(svg, entry.getKey(), entry.getValue(), x, y, color++);
        }
        return svg.append("</svg>\n").toString();
    }

    private static void series(StringBuilder svg, String name, List<Point> points, Axis x, Axis y, int number) {
        String color = COLORS[number % COLORS.length];
        StringBuilder path = new StringBuilder();
        for (Point point : points) {
            path.append(String.format(Locale.ROOT, "%.1f,%.1f ", x.place(point.x), y.place(point.y)));
            svg.append(String.format(
                    Locale.ROOT,
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>%n",
                    x.place(point.x),
                    y.place(point.y),
                    color));
        }
        svg.append("<polyline fill=\"none\" stroke-width=\"2\" stroke=\"" + color + "\" points=\"")
                .append(path.toString().strip())
                .append("\"/>\n");
        int at = TOP + 10 + 20 * number;
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"12\" height=\"12\" fill=\"%s\"/>%n",
                WIDTH - RIGHT + 15,
                at - 10,
                color));
        text(svg, WIDTH - RIGHT + 33, at, "start", "", name);
    }

    private static void line(StringBuilder svg, double x1, double y1, double x2, double y2) {
        svg.append(String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#dddddd\"/>%n",
                x1,
                y1,
                x2,
                y2));
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String more, String text) {
        String escaped = text.replace("&", "&amp;").replace("<", "&lt;");
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %s>%s</text>%n",
                x,
                y,
                anchor,
                more,
                escaped));
    }

    private static String label(double value) {
        if (value >= 1e6) {
            return trimmed(value / 1e6) + "M";
        }
        return value >= 1e3 ? trimmed(value / 1e3) + "k" : trimmed(value);
    }

    private static String trimmed(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    /** From the highest 1, 2 or 5 times a power of ten below all values to the lowest above them. */
    private record Axis(double min, double max, double from, double to) {
        static Axis of(double[] values, double from, double to) {
            double least = Double.MAX_VALUE;
            double most = 0;
            for (double value : values) {
                least = Math.min(least, value);
                most = Math.max(most, value);
            }
            return new Axis(step(least, false), step(most, true), from, to);
        }

        private static double step(double value, boolean up) {
            double power = Math.pow(10, Math.floor(Math.log10(value)));
            double found = up ? 10 * power : power;
            for (double step : up ? new double[] {5, 2, 1} : new double[] {1, 2, 5}) {
                if (up ? step * power >= value : step * power <= value) {
                    found = step * power;
                }
            }
            return found;
        }

        double place(double value) {
            double share = max > min ? Math.log(value / min) / Math.log(max / min) : 0.5;
            return from + share * (to - from);
        }

        List<Double> ticks() {
            List<Double> ticks = new ArrayList<>();
            for (double power = Math.pow(10, Math.floor(Math.log10(min))); power <= max; power *= 10) {
                for (double step : new double[] {1, 2, 5}) {
                    double tick = step * power;
                    if (tick >= min * 0.999 && tick <= max * 1.001) {
                        ticks.add(tick);
                    }
                }
            }
            return ticks;
        }
    }
}
