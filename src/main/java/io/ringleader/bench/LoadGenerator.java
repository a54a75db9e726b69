package io.ringleader.bench;

import java.io.IOException;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/** Runs a load and tells what came of it. One call at a time; the calling thread waits and tells of the progress. */
public final class LoadGenerator {
    private static final long SECOND_NANOS = 1_000_000_000L;
    /** A preload that takes longer has servers that stand still. */
    private static final long PRELOAD_MAX_NANOS = 3600 * SECOND_NANOS;

    private static final int PRELOAD_PIPELINE = 32;

    /** Hears how it goes, on the calling thread. */
    public interface Observer {
        /** The warm-up is over: what happens from now counts. */
        default void counting() {}

        /** The time that counts is over. */
        default void counted() {}

        /** About once a second. */
        default void second(Progress progress) {}
    }

    /**
     * What happened in the last second or so.
     *
     * @param phase {@code preload}, {@code warm-up} or {@code run}
     * @param second since the phase before began
     * @param perSecond answers of any kind
     * @param p50Nanos of gets and sets together; 0 while nothing counts
     * @param errors in all since the beginning
     */
    public record Progress(String phase, long second, double perSecond, long p50Nanos, long p99Nanos, long errors) {}

    private final BenchOptions options;
    private final Observer observer;
    private final Contents contents;

    /** @throws BenchException if the options make no sense */
    public LoadGenerator(BenchOptions options, Observer observer) throws BenchException {
        options.check();
        this.options = options;
        this.observer = observer;
        contents = new Contents(options.valueMinBytes(), options.valueMaxBytes());
    }

    /** @throws BenchException if a server cannot be reached, or keys could not be stored beforehand */
    public BenchResult run() throws BenchException, InterruptedException {
        if (options.preload()) {
            preload();
        }
        long start = System.nanoTime();
        long begin = start + (long) (options.warmupSeconds() * SECOND_NANOS);
        long end = begin + (long) (options.seconds() * SECOND_NANOS);
        try (Run run = new Run(begin, end, false)) {
            run.execute(start);
            return run.result();
        }
    }

    private void preload() throws BenchException, InterruptedException {
        long start = System.nanoTime();
        long end = start + PRELOAD_MAX_NANOS;
        try (Run run = new Run(end, end, true)) {
            run.execute(start);
            BenchResult result = run.result();
            if (run.errors() > 0 || run.all() < options.keys()) {
                throw new BenchException("only " + (run.all() - run.errors()) + " of " + options.keys()
                        + " keys could be stored beforehand: " + result.texts() + ".");
            }
        }
    }

    private Dialect dialect(int pipeline) {
        return switch (options.protocol()) {
            case MEMCACHED -> new MemcachedDialect(contents, options.verify());
            case REDIS -> new RedisDialect(contents, options.verify());
            case ETCD -> new EtcdDialect(contents, options.verify(), Connection.slots(pipeline));
        };
    }

    /** One phase: threads, their connections, and what they saw. */
    private final class Run implements AutoCloseable {
        private final long beginNanos;
        private final long endNanos;
        private final boolean preload;
        private final List<Tally> tallies = new ArrayList<>();
        private final List<Worker> workers = new ArrayList<>();
        private final List<Selector> selectors = new ArrayList<>();
        private final List<Connection> connections = new ArrayList<>();
        private final Histogram gets = Tally.histogram();
        private final Histogram sets = Tally.histogram();
        private long allBefore;
        private long toldNanos;

        Run(long beginNanos, long endNanos, boolean preload) {
            this.beginNanos = beginNanos;
            this.endNanos = endNanos;
            this.preload = preload;
        }

        void execute(long startNanos) throws BenchException, InterruptedException {
            for (int thread = 0; thread < options.threads(); thread++) {
                prepare(thread, startNanos);
            }
            List<Thread> threads = new ArrayList<>();
            for (Worker worker : workers) {
                Thread thread = new Thread(worker, "bench-" + threads.size());
                thread.setDaemon(true);
                thread.start();
                threads.add(thread);
            }
            toldNanos = startNanos;
            watch(threads, startNanos);
            for (Worker worker : workers) {
                if (worker.failure() != null) {
                    throw new IllegalStateException("A thread of the load generator failed.", worker.failure());
                }
            }
        }

        private void prepare(int thread, long startNanos) throws BenchException {
            Tally tally = new Tally(beginNanos, endNanos);
            Operations operations = preload ? Operations.preload(options, thread) : Operations.mixed(options, thread);
            List<Connection> own = new ArrayList<>();
            int count = share(options.connections(), thread);
            Pace pace = pace(thread, count, startNanos);
            int pipeline = preload ? Math.max(options.pipeline(), PRELOAD_PIPELINE) : options.pipeline();
            Supplier<Dialect> dialects = () -> dialect(pipeline);
            Selector selector = selector();
            for (int i = 0; i < count; i++) {
                // over the threads as over the servers, so that each thread has all servers
                var server = options.servers()
                        .get((thread + i * options.threads())
                                % options.servers().size());
                Connection connection =
                        new Connection(i, server, pipeline, options.valueMaxBytes(), dialects, pace, operations, tally);
                connections.add(connection);
                connection.connect(selector);
                own.add(connection);
            }
            tallies.add(tally);
            workers.add(new Worker(own, pace, selector, endNanos, preload));
        }

        private Pace pace(int thread, int connections, long startNanos) {
            if (preload) {
                long first = options.keys() - thread + options.threads() - 1;
                return Pace.closed(Math.max(0, first / options.threads()), endNanos);
            }
            if (options.ratePerSecond() == 0) {
                return Pace.closed(Long.MAX_VALUE, endNanos);
            }
            // each thread has as much of the rate as of the connections, and the threads take turns
            double perConnection = options.ratePerSecond() / options.connections();
            double intervalNanos = SECOND_NANOS / (perConnection * connections);
            long shift = (long) (intervalNanos * thread / options.threads());
            return Pace.open(connections, startNanos + shift, endNanos, intervalNanos);
        }

        private int share(int total, int thread) {
            return (total - thread + options.threads() - 1) / options.threads();
        }

        private Selector selector() throws BenchException {
            try {
                Selector selector = Selector.open();
                selectors.add(selector);
                return selector;
            } catch (IOException e) {
                throw new BenchException("no selector can be had: " + e.getMessage());
            }
        }

        private void watch(List<Thread> threads, long startNanos) throws InterruptedException {
            boolean counting = false;
            boolean counted = preload;
            long nextSecondNanos = startNanos + SECOND_NANOS;
            while (true) {
                long now = System.nanoTime();
                if (!counting && now >= beginNanos) {
                    counting = true;
                    observer.counting();
                }
                if (!counted && now >= endNanos) {
                    counted = true;
                    tell(startNanos, now);
                    observer.counted();
                }
                if (!counted || preload) {
                    if (now >= nextSecondNanos) {
                        nextSecondNanos += SECOND_NANOS;
                        tell(startNanos, now);
                    }
                }
                if (threads.stream().noneMatch(Thread::isAlive)) {
                    return;
                }
                long wakeNanos = counted ? now + SECOND_NANOS / 50 : Math.min(nextSecondNanos, endNanos);
                wakeNanos = counting ? wakeNanos : Math.min(wakeNanos, beginNanos);
                long millis = Math.max(1, (wakeNanos - now) / 1_000_000);
                threads.get(0).join(preload ? Math.min(millis, 100) : millis);
            }
        }

        private void tell(long startNanos, long now) {
            Histogram newGets = Tally.histogram();
            Histogram newSets = Tally.histogram();
            tallies.forEach(tally -> tally.drainInto(newGets, newSets));
            gets.add(newGets);
            sets.add(newSets);
            newGets.add(newSets);
            double seconds = (now - toldNanos) / 1e9;
            long all = all();
            String phase = preload ? "preload" : toldNanos + (now - toldNanos) / 2 < beginNanos ? "warm-up" : "run";
            long from = phase.equals("run") ? beginNanos : startNanos;
            observer.second(new Progress(
                    phase,
                    Math.round((now - from) / 1e9),
                    (all - allBefore) / seconds,
                    newGets.getValueAtPercentile(50),
                    newGets.getValueAtPercentile(99),
                    errors()));
            allBefore = all;
            toldNanos = now;
        }

        long all() {
            return tallies.stream().mapToLong(Tally::all).sum();
        }

        long errors() {
            return tallies.stream().mapToLong(Tally::errors).sum();
        }

        BenchResult result() {
            tallies.forEach(tally -> tally.drainInto(gets, sets));
            double seconds = (endNanos - beginNanos) / 1e9;
            long getsInTime = tallies.stream().mapToLong(Tally::getsInTime).sum();
            long setsInTime = tallies.stream().mapToLong(Tally::setsInTime).sum();
            Map<AnswerKind, Long> kinds = new EnumMap<>(AnswerKind.class);
            for (AnswerKind kind : AnswerKind.values()) {
                kinds.put(
                        kind,
                        tallies.stream().mapToLong(tally -> tally.of(kind)).sum());
            }
            Set<String> texts = new TreeSet<>();
            tallies.forEach(tally -> texts.addAll(tally.texts()));
            return new BenchResult(
                    options,
                    Latencies.of(gets, getsInTime, seconds),
                    Latencies.of(sets, setsInTime, seconds),
                    kinds,
                    List.copyOf(texts),
                    workers.stream().mapToLong(Worker::cpuNanos).sum() / 1e9);
        }

        @Override
        public void close() {
            connections.forEach(Connection::close);
            for (Selector selector : selectors) {
                try {
                    selector.close();
                } catch (IOException e) {
                    // nothing is waited for there any more
                }
            }
        }
    }
}
