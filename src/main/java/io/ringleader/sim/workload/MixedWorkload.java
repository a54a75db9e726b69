package io.ringleader.sim.workload;

import io.ringleader.linearizability.History;
import io.ringleader.linearizability.Verdict;
import io.ringleader.sim.Coverage;
import io.ringleader.sim.MachineClock;
import io.ringleader.sim.SimCluster;
import io.ringleader.sim.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Clients that ask everything there is to be asked, and a history of all they ask and hear. At the end every node is asked for
 * every key, and the whole history must be linearizable: so what was acknowledged is there, took effect once, and was seen by all
 * that came after.
 *
 * <p><b>The tolerance of expiry.</b> A partition's time is that of its leaders' wall clocks, and never goes back. As long as those
 * show the right time, it is behind by no more than what a command takes from its stamp to its effect. If a clock is set wrong by
 * up to x, or runs too fast or slow and gains or loses x, an expiry may be early or late by x for the leader that set the
 * deadline and as much for the one that finds it passed.
 */
public final class MixedWorkload implements Workload {
    /** In the coverage: keys whose histories were looked at. */
    public static final String KEYS_JUDGED = "workload: keys judged";

    /** In the coverage: those among them whose search was given up. */
    public static final String KEYS_UNDECIDED = "workload: keys given up undecided";

    private static final int BINARY_CLIENT_ONE_IN = 4;
    private static final int PAUSES_MAX = 10;
    private static final double MILLIS_PER_SECOND = 1_000;

    private final SimCluster cluster;
    private final Coverage coverage;
    private final Mix mix;
    private final Random random;
    private final Draw draw;
    private final Keys keys;
    private final Requests requests;
    private final BinaryRequests binary;
    private final Journal journal;
    private final Judgement judgement;
    private final List<Client> clients = new ArrayList<>();
    private int flushes;
    private boolean stopped;

    /** @param ears {@link Ears#GOOD}, unless it is to be seen that a wrong answer is found */
    public MixedWorkload(SimCluster cluster, Mix mix, Coverage coverage, Ears ears) {
        this.cluster = cluster;
        this.mix = mix;
        this.coverage = coverage;
        random = new Random(cluster.world().random().nextLong());
        draw = new Draw(random, mix);
        keys = new Keys(random, cluster.config().ring(), cluster.config().partitions(), mix.keys());
        requests = new Requests(draw, keys, this::unixMillis);
        binary = new BinaryRequests(draw, this::unixMillis);
        journal = new Journal(cluster.world(), coverage, ears);
        judgement = new Judgement(cluster, mix, coverage);
        for (int i = 0; i < mix.clients(); i++) {
            int home = random.nextBoolean() ? 1 + random.nextInt(cluster.nodes().size()) : 0;
            clients.add(new Client(this, i, home, draw.oneIn(BINARY_CLIENT_ONE_IN) ? Dialect.BINARY : Dialect.TEXT));
        }
    }

    private long unixMillis() {
        return MachineClock.WALL_ORIGIN_MILLIS + cluster.nowMillis();
    }

    /** Everything that a suite of runs must have seen. */
    public static List<String> expectedCoverage() {
        List<String> expected = Journal.expectedCoverage();
        expected.add(Client.RETRIED);
        expected.add(Client.CUT_SHORT);
        return expected;
    }

    @Override
    public void start() {
        clients.forEach(Client::begin);
        for (int i = 0; i < mix.flushes(); i++) {
            later(random.nextInt(mix.flushSpanMillis()), () -> flushes++);
        }
    }

    @Override
    public void stop() {
        stopped = true;
    }

    @Override
    public boolean isAnswered() {
        return clients.stream().allMatch(client -> client.outstanding().isEmpty());
    }

    @Override
    public String outstanding() {
        return clients.stream()
                .flatMap(client -> client.outstanding().stream())
                .toList()
                .toString();
    }

    @Override
    public long acknowledged() {
        return journal.answered();
    }

    @Override
    public History history() {
        return journal.history();
    }

    @Override
    public Optional<Verdict> verdict() {
        return judgement.verdict();
    }

    @Override
    public void verify() {
        FinalReads reads = new FinalReads(cluster, mix, journal, keys.all(), clients.size());
        cluster.nodes().forEach(reads::readAll);
        judgement.judge(journal.history(), keys.all());
    }

    // ---- for its clients

    SimCluster cluster() {
        return cluster;
    }

    Mix mix() {
        return mix;
    }

    Draw draw() {
        return draw;
    }

    Journal journal() {
        return journal;
    }

    boolean isStopped() {
        return stopped;
    }

    /** As much as is checked has been asked. */
    boolean mayAsk() {
        return journal.operations() < mix.commandsMax();
    }

    void later(long millis, Runnable what) {
        cluster.world().after(millis, what);
    }

    void sawOf(String what) {
        coverage.saw(what);
    }

    /** After a burst of so many commands, such that all clients together ask as often as they are meant to. */
    long pauseMillis(int commands) {
        double meanMillis = (commands + 1) * mix.clients() * MILLIS_PER_SECOND / mix.commandsPerSecond();
        return 1 + (long) (Math.min(PAUSES_MAX, -Math.log(1 - random.nextDouble())) * meanMillis);
    }

    /** Null if, for once, there is nothing to ask. */
    Request next(Dialect dialect) {
        if (flushes > 0) {
            flushes--;
            keys.all().forEach(Key::mayBeFlushed);
            return dialect == Dialect.TEXT ? requests.flush() : binary.flush();
        }
        Key key = keys.pick();
        if (key == null) {
            return null;
        }
        return dialect == Dialect.TEXT ? requests.next(key) : binary.next(key);
    }

    Request nothing(Dialect dialect) {
        return dialect == Dialect.TEXT ? requests.nothing() : binary.nothing();
    }

    /**
     * Reads and writes of one connection wait for each other: so the time of a command counts from the answer before it, and
     * those in between that have no answer may take their time too. A read that finds that it has to write takes it twice.
     */
    void requireInTime(int client, Sent sent, long answeredMillis) {
        if (mix.answerMaxMillis() == Long.MAX_VALUE) {
            return;
        }
        long tookMillis = cluster.nowMillis() - Math.max(sent.sentMillis(), answeredMillis);
        if (tookMillis > (2 + sent.silent()) * mix.answerMaxMillis()) {
            throw cluster.failure("Client " + client + " waited " + tookMillis + " ms for an answer to " + sent, null);
        }
    }
}
