package io.ringleader.trace;

public class PageDump {
    public static void main(String[] a) throws Exception {
        for (String n : new String[] {"small", "big"}) {
            StringBuilder s = new StringBuilder();
            HtmlTrace.write(
                    n.equals("small") ? ExampleRun.eventful() : ExampleRun.endless(50000), "Trace <of> a run", s);
            java.nio.file.Files.writeString(java.nio.file.Path.of("/tmp/trace-" + n + ".html"), s);
        }
    }
}
