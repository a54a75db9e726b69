package io.ringleader.trace;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A Chromium without a window, told what to do by its DevTools protocol over a web socket. */
final class Chromium implements AutoCloseable {
    static final String MISSING =
            "There is no Chromium (CHROMIUM=path, or chromium on the PATH): nobody looks at the page of a "
                    + "trace. src/test/browser/install-chromium.sh installs one.";
    private static final long ANSWER_SECONDS = 60;
    private static final String LISTENING = "DevTools listening on ";

    private final Process process;
    private final WebSocket socket;
    private final BlockingQueue<String> arrived = new LinkedBlockingQueue<>();
    private final List<String> requests = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();
    private String session;
    private int calls;

    private Chromium(Process process, String address) {
        this.process = process;
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create(address), new Listener())
                .join();
    }

    /** The program, if there is one. */
    static Optional<Path> program() {
        String named = System.getenv("CHROMIUM");
        if (named != null) {
            return Optional.of(Path.of(named));
        }
        return Stream.of(System.getenv("PATH").split(":"))
                .flatMap(directory -> Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Starts it with an empty page. */
    static Chromium start(Path program, Path profile) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        program.toString(),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--hide-scrollbars",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "--window-size=1440,900",
                        "about:blank")
                .redirectErrorStream(true)
                .start();
        try {
            BufferedReader said =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            StringBuilder all = new StringBuilder();
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                all.append(line).append('\n');
                if (line.startsWith(LISTENING)) {
                    Chromium chromium = new Chromium(process, line.substring(LISTENING.length()));
                    chromium.attach();
                    return chromium;
                }
            }
            throw new IOException(program + " ended before it listened. It said: " + all);
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private void attach() throws InterruptedException {
        String target = (String)
                call("Target.createTarget", "{\"url\": \"about:blank\"}").get("targetId");
        session =
                (String) call("Target.attachToTarget", "{\"flatten\": true, \"targetId\": " + Json.quoted(target) + "}")
                        .get("sessionId");
        for (String domain : List.of("Page", "Runtime", "Network", "Log")) {
            call(domain + ".enable", "{}");
        }
        call(
                "Emulation.setDeviceMetricsOverride",
                "{\"width\": 1440, \"height\": 900, \"deviceScaleFactor\": 1, \"mobile\": false}");
    }

    /** Opens the page and waits until it has loaded and drawn. */
    void open(Path page) throws InterruptedException {
        call("Page.navigate", "{\"url\": " + Json.quoted(page.toUri().toString()) + "}");
        evaluate("new Promise(done => document.readyState === 'complete' ? done()"
                + " : window.addEventListener('load', done))");
        drawn();
    }

    /** Waits for two frames: what was asked for in the first is there after the second. */
    void drawn() throws InterruptedException {
        evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))");
    }

    /** What the expression comes to: a string, a double, a boolean, a list or null. A promise is waited for. */
    Object evaluate(String expression) throws InterruptedException {
        Map<String, Object> answer = call(
                "Runtime.evaluate",
                "{\"returnByValue\": true, \"awaitPromise\": true, \"expression\": " + Json.quoted(expression) + "}");
        if (answer.containsKey("exceptionDetails")) {
            throw new AssertionError("The page cannot evaluate " + expression + ": " + answer);
        }
        return map(answer.get("result")).get("value");
    }

    /** Presses and releases a key, as DOM names it, and waits until the page has drawn. */
    void press(String key) throws InterruptedException {
        boolean printable = key.length() == 1;
        String common = "\"key\": " + Json.quoted(key) + (printable ? ", \"text\": " + Json.quoted(key) : "");
        call(
                "Input.dispatchKeyEvent",
                "{\"type\": \"" + (printable ? "keyDown" : "rawKeyDown") + "\", " + common + "}");
        call("Input.dispatchKeyEvent", "{\"type\": \"keyUp\", \"key\": " + Json.quoted(key) + "}");
        drawn();
    }

    void click(double x, double y) throws InterruptedException {
        for (String type : List.of("mousePressed", "mouseReleased")) {
            call(
                    "Input.dispatchMouseEvent",
                    "{\"type\": \"" + type + "\", \"button\": \"left\", \"clickCount\": 1, \"x\": " + x + ", \"y\": "
                            + y + "}");
        }
        drawn();
    }

    void dark(boolean dark) throws InterruptedException {
        call(
                "Emulation.setEmulatedMedia",
                "{\"features\": [{\"name\": \"prefers-color-scheme\", \"value\": \"" + (dark ? "dark" : "light")
                        + "\"}]}");
        drawn();
    }

    byte[] screenshot() throws InterruptedException {
        return Base64.getDecoder().decode((String)
                call("Page.captureScreenshot", "{\"format\": \"png\"}").get("data"));
    }

    /** Addresses of everything that was asked for but the page itself. */
    List<String> requests() {
        return requests;
    }

    /** Errors and warnings that the page or its policy has caused. */
    List<String> complaints() {
        return complaints;
    }

    private Map<String, Object> call(String method, String parameters) throws InterruptedException {
        int call = ++calls;
        String to = session == null ? "" : "\"sessionId\": " + Json.quoted(session) + ", ";
        socket.sendText(
                        "{\"id\": " + call + ", " + to + "\"method\": \"" + method + "\", \"params\": " + parameters
                                + "}",
                        true)
                .join();
        while (true) {
            String text = arrived.poll(ANSWER_SECONDS, TimeUnit.SECONDS);
            if (text == null) {
                throw new AssertionError("Chromium does not answer " + method + " within " + ANSWER_SECONDS + " s.");
            }
            Map<String, Object> message = map(Json.parse(text));
            if (message.containsKey("method")) {
                heard((String) message.get("method"), map(message.get("params")));
            } else if (((Double) message.get("id")).intValue() == call) {
                if (message.containsKey("error")) {
                    throw new AssertionError(
                            "Chromium refuses " + method + " " + parameters + ": " + message.get("error"));
                }
                return map(message.get("result"));
            }
        }
    }

    private void heard(String method, Map<String, Object> parameters) {
        switch (method) {
            case "Network.requestWillBeSent" -> {
                if (!"Document".equals(parameters.get("type"))) {
                    requests.add(map(parameters.get("request")).get("url").toString());
                }
            }
            case "Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled" ->
                complaints.add(method + " " + parameters);
            default -> {}
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    @Override
    public void close() {
        socket.abort();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Puts the pieces of each message together. */
    private final class Listener implements WebSocket.Listener {
        private final StringBuilder partial = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            partial.append(data);
            if (last) {
                arrived.add(partial.toString());
                partial.setLength(0);
            }
            from.request(1);
            return null;
        }
    }
}
