package io.ringleader.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.ringleader.linearizability.Operation;
import io.ringleader.raft.Role;
import io.ringleader.trace.TraceEvent;
import io.ringleader.trace.TraceReader;
import io.ringleader.trace.TraceRecorder;
import io.ringleader.trace.TraceRing;
import io.ringleader.trace.TraceWriter;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What a simulated cluster tells of itself. */
class TracingTest {
    /** With crashes, pauses, cut links, lost disks, clocks that jump and snapshots. */
    private static final long EVENTFUL_SEED = 3;

    private static final int SEEDS_TRACED = 20;

    private static List<TraceEvent> events;
    private static Outcome traced;

    @BeforeAll
    static void runOnce() {
        ((Logger) LoggerFactory.getLogger("io.ringleader")).setLevel(Level.OFF);
        TraceRing ring = new TraceRing(256 << 20);
        traced = Simulation.run(EVENTFUL_SEED, ring);
        events = traced.withClients(ring.events());
    }

    @Test
    void whoIsLookedAtDoesTheSame() {
        assertThat(traced.eventHash()).isEqualTo(Simulation.run(EVENTFUL_SEED).eventHash());
    }

    @Test
    void timeNeverGoesBack() {
        assertThat(events).isSortedAccordingTo((a, b) -> Long.compare(a.atNanos(), b.atNanos()));
    }

    @Test
    void whateverArrivesWasSentAndNothingIsBothLostAndThere() {
        Set<Long> sent = new HashSet<>();
        Set<Long> ended = new HashSet<>();
        for (TraceEvent event : events) {
            if (event instanceof TraceEvent.Sent message) {
                assertThat(sent.add(message.id())).isTrue();
            } else if (event instanceof TraceEvent.Delivered message) {
                assertThat(sent.contains(message.id())).as(event.toString()).isTrue();
                assertThat(ended.add(message.id())).as(event.toString()).isTrue();
            } else if (event instanceof TraceEvent.Dropped message) {
                assertThat(sent.contains(message.id())).as(event.toString()).isTrue();
                assertThat(ended.add(message.id())).as(event.toString()).isTrue();
            }
        }
        assertThat(ended.size()).isGreaterThan(sent.size() * 9 / 10);
    }

    @Test
    void nobodyCommitsWhatItHasNotAppendedAndLeadsWithoutATerm() {
        Map<String, Long> last = new HashMap<>();
        Map<String, Long> term = new HashMap<>();
        int elections = 0;
        for (TraceEvent event : events) {
            if (event instanceof TraceEvent.Recovered found) {
                last.put(found.node() + "/" + found.partition(), found.lastIndex());
                term.put(found.node() + "/" + found.partition(), found.term());
            } else if (event instanceof TraceEvent.Appended entries) {
                last.put(entries.node() + "/" + entries.partition(), entries.toIndex());
            } else if (event instanceof TraceEvent.SnapshotInstalled point) {
                last.merge(point.node() + "/" + point.partition(), point.index(), Math::max);
            } else if (event instanceof TraceEvent.TermChanged change) {
                term.put(change.node() + "/" + change.partition(), change.term());
            } else if (event instanceof TraceEvent.Committed committed) {
                assertThat(committed.index())
                        .isLessThanOrEqualTo(last.get(committed.node() + "/" + committed.partition()));
            } else if (event instanceof TraceEvent.RoleChanged change && change.role() == Role.LEADER) {
                assertThat(change.term()).isEqualTo(term.get(change.node() + "/" + change.partition()));
                elections++;
            }
        }
        assertThat(elections).isGreaterThan(3);
    }

    @Test
    void everyAnswerOfTheHistoryIsThereAndTookEffectBetweenTheQuestionAndItself() {
        Map<String, TraceEvent.Invoked> asked = new HashMap<>();
        int explained = 0;
        for (TraceEvent event : events) {
            if (event instanceof TraceEvent.Invoked invoked) {
                assertThat(asked.put(invoked.client() + "/" + invoked.operation(), invoked))
                        .isNull();
            } else if (event instanceof TraceEvent.Completed heard && heard.linearizedNanos() >= 0) {
                TraceEvent.Invoked invoked = asked.get(heard.client() + "/" + heard.operation());
                assertThat(heard.linearizedNanos()).isGreaterThanOrEqualTo(invoked.atNanos());
                assertThat(heard.unknown() || heard.linearizedNanos() <= heard.atNanos())
                        .as(heard.toString())
                        .isTrue();
                explained += heard.unknown() ? 0 : 1;
            }
        }
        assertThat(explained).isPositive().isEqualTo((int) traced.history().operations().stream()
                .filter(Operation::isCompleted)
                .count());
    }

    @Test
    void everyKindOfThingIsTold() {
        Set<Class<? extends TraceEvent>> missing = new HashSet<>(List.of(
                TraceEvent.Life.class,
                TraceEvent.Synced.class,
                TraceEvent.Applied.class,
                TraceEvent.SnapshotTaken.class,
                TraceEvent.SnapshotInstalled.class,
                TraceEvent.LinkChanged.class,
                TraceEvent.ClockSkewed.class,
                TraceEvent.Invoked.class,
                TraceEvent.Completed.class,
                TraceEvent.Note.class));
        events.forEach(event -> missing.remove(event.getClass()));
        for (long seed = 1; seed <= SEEDS_TRACED && !missing.isEmpty(); seed++) {
            Simulation.run(seed, new TraceRecorder() {
                @Override
                public boolean isOn() {
                    return true;
                }

                @Override
                public void record(TraceEvent event) {
                    missing.remove(event.getClass());
                }
            });
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void aTraceOfARunIsReadAsItWasWritten() throws Exception {
        StringBuilder text = new StringBuilder();
        TraceWriter.write(events, text);

        assertThat(TraceReader.read(new StringReader(text.toString()))).isEqualTo(events);
    }

    @Test
    void whatStandsStillGoesOnAndWhatIsCutIsMended() {
        TraceRing ring = new TraceRing(64 << 20);
        SimCluster cluster = new SimCluster(3, new ClusterOptions(), NodeObserver.NOBODY, ring);
        cluster.start().awaitLeaders();
        cluster.pause(1, 100);
        cluster.isolate(2);
        cluster.world().clogLink("node1", "node3", 50);
        cluster.runMillis(200);
        cluster.heal();
        cluster.kill(3);
        cluster.runMillis(100);

        List<String> lines = ring.events().stream().map(TraceWriter::line).toList();
        assertThat(lines).anyMatch(line -> line.contains("life node=1 phase=pause detail=\"for 100 ms\""));
        assertThat(lines).anyMatch(line -> line.contains("life node=1 phase=resume"));
        assertThat(lines).anyMatch(line -> line.contains("life node=3 phase=kill"));
        assertThat(lines).anyMatch(line -> line.contains("link from=1 to=3 state=clogged"));
        assertThat(lines).anyMatch(line -> line.contains("link from=1 to=3 state=mended"));
        assertThat(lines.stream().filter(line -> line.contains(" state=cut ")).count())
                .isEqualTo(4);
        assertThat(lines.stream()
                        .filter(line -> line.contains(" to=2 state=mended "))
                        .count())
                .isEqualTo(2);
    }

    @Test
    void aSeedThatFailedGetsAPage() throws IOException {
        assertThat(Files.readString(TracePage.write(EVENTFUL_SEED)))
                .startsWith("<!DOCTYPE html>")
                .contains("<title>Ringleader, seed " + EVENTFUL_SEED + "</title>")
                .contains("0 run seed=" + EVENTFUL_SEED + " ");
    }

    @Test
    void aFailureIsTheLastThingTold() {
        TraceRing ring = new TraceRing(64 << 20);
        SimCluster cluster = new SimCluster(3, new ClusterOptions(), NodeObserver.NOBODY, ring);

        assertThatThrownBy(() -> cluster.runUntil(() -> false, 10, "pigs fly")).isInstanceOf(SimulationFailure.class);

        List<TraceEvent> told = ring.events();
        assertThat(told.get(told.size() - 1))
                .isEqualTo(new TraceEvent.Failed(10_000_000, "It did not come true within 10 ms that pigs fly"));
    }
}
