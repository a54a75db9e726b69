package io.ringleader.trace;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes a trace as one page for a browser: markup, styles, scripts and the lines of the trace in one file, which needs
 * nothing else and asks nothing of any network.
 *
 * <p>Keys and values of clients are arbitrary bytes. They reach the page as lines of a trace in which no {@code <} occurs, the
 * scripts of the page show them as text only, and its policy lets a browser run the page's own scripts and load nothing.
 * Stateless; any thread.
 */
public final class HtmlTrace {
    private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z.]+)}}");
    private static final Pattern INLINED = Pattern.compile("<(script|style)>\\{\\{([a-z.]+)}}");

    private HtmlTrace() {}

    public static void write(Iterable<TraceEvent> events, String title, Appendable out) throws IOException {
        String template = resource("viewer.html");
        Map<String, String> parts = new LinkedHashMap<>();
        Matcher inlined = INLINED.matcher(template);
        StringBuilder scripts = new StringBuilder();
        StringBuilder styles = new StringBuilder();
        while (inlined.find()) {
            String content = "\n" + resource(inlined.group(2));
            parts.put(inlined.group(2), content);
            (inlined.group(1).equals("script") ? scripts : styles).append(' ').append(hash(content));
        }
        parts.put("policy", "default-src 'none'; script-src" + scripts + "; style-src" + styles);
        parts.put("title", escaped(title));

        Matcher place = PLACE.matcher(template);
        int copied = 0;
        while (place.find()) {
            out.append(template, copied, place.start());
            copied = place.end();
            if (place.group(1).equals("trace")) {
                writeLines(events, out);
            } else {
                out.append(parts.get(place.group(1)));
            }
        }
        out.append(template, copied, template.length());
    }

    /** Only quoted texts can have a {@code <}, and there it may be written as its code. */
    private static void writeLines(Iterable<TraceEvent> events, Appendable out) throws IOException {
        out.append(TraceWriter.FIRST_LINE).append('\n');
        for (TraceEvent event : events) {
            out.append(TraceWriter.line(event).replace("<", "\\u003c")).append('\n');
        }
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** As a content security policy names what may run. */
    private static String hash(String content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256, and this one has not.", e);
        }
    }

    private static String resource(String name) {
        try (InputStream in = HtmlTrace.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("The file " + name + " of the page is missing in the jar.");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("The file " + name + " of the page cannot be read.", e);
        }
    }
}
