package io.ringleader.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of a trace as a reader has it: in a browser, with keys and clicks. */
class HtmlTraceIT {
    private static final List<TraceEvent> EVENTFUL = ExampleRun.eventful();

    @TempDir
    static Path directory;

    private static Chromium browser;

    @BeforeAll
    static void startTheBrowser() throws Exception {
        Optional<Path> program = Chromium.program();
        Assumptions.assumeTrue(program.isPresent(), Chromium.MISSING);
        browser = Chromium.start(program.get(), Path.of("target", "chromium").toAbsolutePath());
    }

    @AfterAll
    static void endTheBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @AfterEach
    void nothingIsAskedOfTheNetworkAndNothingGoesWrong() {
        assertThat(browser.requests()).as("addresses asked for").isEmpty();
        assertThat(browser.complaints()).as("errors of the page").isEmpty();
    }

    @Test
    void aPageShowsItsRun() throws Exception {
        open(EVENTFUL);

        assertThat(text("#run"))
                .isEqualTo(String.format(
                        Locale.ROOT, "an example · seed 7 · 3 nodes · 2 partitions · %,d events", EVENTFUL.size()));
        assertThat(all("#heads .name")).containsExactly("node 1", "node 2", "node 3");
        assertThat(all("#replicas tbody tr td:first-child")).containsExactly("1", "2", "3");
        for (String shown : List.of(
                "#diagram .message",
                "#diagram .message.lost .lost-sign",
                "#diagram .event.append",
                "#diagram .event.sync",
                "#diagram .event.commit",
                "#diagram .strip.leader",
                "#diagram .operation .point",
                "#logs .entry.committed.durable",
                "#cluster .node.leader .crown")) {
            assertThat(count(shown)).as(shown).isPositive();
        }
    }

    @Test
    void aRunThatFailedOpensAtItsFailure() throws Exception {
        open(EVENTFUL);
        String message = ((TraceEvent.Failed) EVENTFUL.get(EVENTFUL.size() - 1)).message();

        assertThat(text("#failure-text")).isEqualTo(message);
        assertThat(selected()).isEqualTo(EVENTFUL.size() - 1);
        assertThat(text("#event .what")).isEqualTo(message);
        assertThat(isInTheWindow("#diagram .event.fail")).isTrue();
    }

    @Test
    void keysStepThroughTheEventsThatAreShown() throws Exception {
        open(EVENTFUL);

        browser.press("Home");
        assertThat(text("#position")).startsWith("1 / ");
        browser.press("j");
        browser.press("ArrowDown");
        assertThat(text("#position")).startsWith("3 / ");
        assertThat(text("#event .what")).isEqualTo("recovered: term 0, log to 0");
        browser.press("k");
        assertThat(text("#position")).startsWith("2 / ");
        browser.press("ArrowUp");
        browser.press("ArrowUp");
        assertThat(text("#position")).startsWith("1 / ");
        browser.press("End");
        assertThat(selected()).isEqualTo(EVENTFUL.size() - 1);
    }

    @Test
    void keysGoFromOneElectionOrFailureToTheNext() throws Exception {
        open(EVENTFUL);
        browser.press("Home");

        List<String> stops = new ArrayList<>();
        int before = -1;
        while (selected() != before) {
            before = selected();
            browser.press("n");
            stops.add(text("#event .what"));
        }
        assertThat(stops)
                .contains(
                        "leader: won the election of term 1",
                        "leader: won the election of term 2",
                        "crash: the power went",
                        "leader: won the election of term 3")
                .last()
                .asString()
                .startsWith("Partition 0: node 3 applied");
        browser.press("p");
        assertThat(text("#event .what")).isEqualTo("leader: won the election of term 3");
    }

    @Test
    void theSliderGoesWhereItIsPut() throws Exception {
        open(EVENTFUL);

        browser.evaluate("slider.value = 400, slider.dispatchEvent(new Event('input')), true");
        browser.drawn();

        assertThat(text("#position")).startsWith("401 / ");
        assertThat(isInTheWindow("#diagram .selection .edge")).isTrue();
    }

    @Test
    void aClickShowsWhatIsKnownAndTheOtherEnd() throws Exception {
        open(EVENTFUL);
        browser.press("Home");
        browser.press("n");
        List<?> place =
                (List<?>) browser.evaluate("(() => { const line = document.querySelector('#diagram .message .way');"
                        + " const box = line.getBoundingClientRect();"
                        + " return [box.x + box.width / 2, box.y + box.height / 2]; })()");

        browser.click((Double) place.get(0), (Double) place.get(1));

        assertThat(text("#event .kind")).startsWith("send node ");
        assertThat(all("#event dt")).contains("id", "partition", "from", "to", "kind", "term", "summary");
        String id = text("#event dd");
        browser.press("m");
        assertThat(text("#event .kind")).matches("(deliver|drop) node .*");
        assertThat(text("#event dd")).isEqualTo(id);
    }

    @Test
    void whatIsFilteredOutIsNotThere() throws Exception {
        open(EVENTFUL);

        assertThat(rows()).isEqualTo(shown(0, false));
        browser.press("h");
        assertThat(rows()).isEqualTo(shown(0, true));
        browser.press("]");
        assertThat(rows()).isEqualTo(shown(1, true));
        assertThat(text("#of-partition")).isEqualTo("of partition 1");
        browser.press("]");
        assertThat(rows()).as("all partitions").isEqualTo(EVENTFUL.size());
        browser.evaluate("document.getElementById('show-messages').click()");
        browser.drawn();
        assertThat(count("#diagram .message")).isZero();
        assertThat(rows()).isEqualTo((int)
                EVENTFUL.stream().filter(event -> !isMessage(event)).count());
    }

    @Test
    void searchGoesFromFindToFind() throws Exception {
        open(EVENTFUL);
        browser.press("Home");
        browser.press("/");
        for (String key : "RequestVote".split("")) {
            browser.press(key);
        }
        browser.press("Enter");
        int first = selected();
        browser.press("Enter");

        assertThat(text("#matches")).startsWith("2 / ");
        assertThat(selected()).isGreaterThan(first);
        assertThat(TraceWriter.line(EVENTFUL.get(selected()))).containsIgnoringCase("requestvote");
        assertThat(count("#diagram .found")).isPositive();
    }

    /** Two programs replay the events, in two languages. */
    @Test
    void theStateThatIsShownIsThatOfTheEvents() throws Exception {
        open(EVENTFUL);
        browser.evaluate("replayed = new History(new Model(document.getElementById('trace-data').textContent)), true");
        TraceFold fold = new TraceFold();
        for (int i = 0; i < EVENTFUL.size(); i++) {
            fold.add(EVENTFUL.get(i));
            if (i % 97 == 0 || i == EVENTFUL.size() - 1) {
                assertThat(browser.evaluate(
                                "[...replayed.after(" + i + ").replicas].map(([key, r]) => [key, r.term, r.vote,"
                                        + " r.runs.map(run => run.join('-')).join()].join(' ')).sort().join('\\n')"))
                        .as("after event %s", i)
                        .isEqualTo(stateOf(fold));
            }
        }
    }

    /** Client bytes that look like markup, like the end of the script they are in, and like nothing at all. */
    @Test
    void whatClientsSendIsTextAndNothingElse() throws Exception {
        String evil =
                "</script><script>document.title='x'</script><img src=x onerror=\"document.title='x'\"><!--\u0000\u2028\ud800";
        List<TraceEvent> events = List.of(
                new TraceEvent.Run(0, 1, 1, 1, 1, evil),
                new TraceEvent.Life(1, 1, TraceEvent.Phase.START, evil),
                new TraceEvent.Recovered(2, 1, 0, 0, 0, 0, 0, 0),
                new TraceEvent.Sent(3, 1, 0, 1, 1, evil, 1, evil),
                new TraceEvent.Dropped(4, 1, 0, 1, 1, evil, 1, evil),
                new TraceEvent.Invoked(5, 1, 1, 0, evil, evil),
                new TraceEvent.Completed(6, 1, 1, 5, evil, false),
                new TraceEvent.Note(7, 1, evil),
                new TraceEvent.Failed(8, evil));
        open(events);

        assertThat(text("#failure-text")).isEqualTo(evil);
        for (int i = 0; i < events.size(); i++) {
            browser.press("k");
        }
        assertThat(browser.evaluate("document.title")).isEqualTo("A <run> & more");
        assertThat(count("img")).isZero();
        assertThat(count("script")).isEqualTo(9);
    }

    @Test
    void fiftyThousandEventsAreOnlyDrawnWhereTheyAreLookedAt() throws Exception {
        List<TraceEvent> events = ExampleRun.endless(50_000);
        open(events);
        browser.press("[");

        assertThat(text("#position")).startsWith("1 / ");
        browser.press("End");
        assertThat(selected()).isBetween(events.size() - 100, events.size() - 1);
        assertThat(count("#diagram *")).isBetween(50, 3_000);
        browser.evaluate("document.getElementById('scroll').scrollTop = 300000, true");
        browser.drawn();
        assertThat(count("#diagram *")).isBetween(50, 3_000);
    }

    @Test
    void itIsDarkForThoseWhoWantItDark() throws Exception {
        open(EVENTFUL);
        Object light = browser.evaluate("getComputedStyle(document.body).backgroundColor");

        browser.dark(true);

        assertThat(browser.evaluate("getComputedStyle(document.body).backgroundColor"))
                .isNotEqualTo(light);
        Files.write(Path.of("target", "trace.png"), browser.screenshot());
        browser.dark(false);
    }

    // ---- what is seen

    private static void open(List<TraceEvent> events) throws IOException, InterruptedException {
        StringBuilder page = new StringBuilder();
        HtmlTrace.write(events, "A <run> & more", page);
        // a name of its own: a page that is only shown again keeps its selection
        Path file = Files.createTempFile(directory, "trace", ".html");
        Files.writeString(file, page);
        browser.open(file);
    }

    private static String text(String selector) throws InterruptedException {
        return (String) browser.evaluate("document.querySelector('" + selector + "').textContent");
    }

    private static List<String> all(String selector) throws InterruptedException {
        List<?> texts = (List<?>)
                browser.evaluate("[...document.querySelectorAll('" + selector + "')].map(each => each.textContent)");
        return texts.stream().map(Object::toString).toList();
    }

    private static int count(String selector) throws InterruptedException {
        return ((Double) browser.evaluate("document.querySelectorAll('" + selector + "').length")).intValue();
    }

    private static int selected() throws InterruptedException {
        return Integer.parseInt((String) browser.evaluate("document.body.dataset.selected"));
    }

    private static int rows() throws InterruptedException {
        return ((Double) browser.evaluate("Number(slider.max) + 1")).intValue();
    }

    private static boolean isInTheWindow(String selector) throws InterruptedException {
        return (Boolean)
                browser.evaluate("(() => { const window = document.getElementById('scroll').getBoundingClientRect();"
                        + " const box = document.querySelector('" + selector + "').getBoundingClientRect();"
                        + " return box.top >= window.top && box.bottom <= window.bottom + 1; })()");
    }

    private static int shown(int partition, boolean heartbeats) {
        return (int) EVENTFUL.stream()
                .filter(event -> {
                    String line = TraceWriter.line(event);
                    return (heartbeats || !line.contains(" kind=\"Heartbeat"))
                            && !line.contains(" partition=" + (1 - partition) + " ")
                            && !(event instanceof TraceEvent.Completed done && partitionOf(done) != partition);
                })
                .count();
    }

    private static int partitionOf(TraceEvent.Completed done) {
        return EVENTFUL.stream()
                .filter(event -> event instanceof TraceEvent.Invoked invoked
                        && invoked.client() == done.client()
                        && invoked.operation() == done.operation())
                .mapToInt(event -> ((TraceEvent.Invoked) event).partition())
                .findFirst()
                .orElseThrow();
    }

    private static boolean isMessage(TraceEvent event) {
        return event instanceof TraceEvent.Sent
                || event instanceof TraceEvent.Delivered
                || event instanceof TraceEvent.Dropped;
    }

    private static String stateOf(TraceFold fold) {
        List<String> replicas = new ArrayList<>();
        StringBuilder replica = new StringBuilder();
        for (TraceEvent event : fold.events(0, 0)) {
            if (event instanceof TraceEvent.Recovered at) {
                replica = new StringBuilder(at.node() + "/" + at.partition() + " " + at.term() + " " + at.vote() + " ");
                replicas.add("");
            } else if (event instanceof TraceEvent.Appended entries) {
                replica.append(replica.charAt(replica.length() - 1) == ' ' ? "" : ",");
                replica.append(entries.fromIndex() + "-" + entries.toIndex() + "-" + entries.term());
            }
            if (!replicas.isEmpty()) {
                replicas.set(replicas.size() - 1, replica.toString());
            }
        }
        return String.join("\n", replicas);
    }
}
