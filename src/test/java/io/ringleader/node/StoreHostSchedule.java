package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.loop.Loop;
import io.ringleader.node.Pending.ReadWork;
import io.ringleader.node.StoreHost.Committed;
import io.ringleader.raft.Entry;
import io.ringleader.raft.EntryType;
import io.ringleader.raft.SnapshotPoint;
import io.ringleader.sim.VirtualProcess;
import io.ringleader.sim.VirtualWorld;
import io.ringleader.store.ByteWriter;
import io.ringleader.store.CommandBatch;
import io.ringleader.store.CommandWriter;
import io.ringleader.store.PartitionStore;
import io.ringleader.store.Result;
import io.ringleader.store.ResultReader;
import io.ringleader.store.SnapshotCapture;
import io.ringleader.store.StoreSnapshot;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The store loop of a node on its own, with one partition: entries, reads, captures and snapshots to load come in any order, as the
 * raft loop of a node could send them, loading takes its time, and items expire. All of it follows from the seed. Every read must be
 * answered as of the entry that it was handed over behind, and of the time at which it was asked for.
 */
public final class StoreHostSchedule {
    private static final int PARTITION = 3;
    private static final long TERM = 1;
    private static final int STEPS = 400;
    private static final int KEYS = 4;
    private static final int PASSES_MAX_MILLIS = 40;
    private static final int SLEEPS_MILLIS = 700;
    private static final long STORE_DELAY_NANOS = 100_000;
    private static final long LOADING_NANOS = 100_000_000;
    private static final String MISS = "none";

    /** A committed entry: a key that was set, or none if it is a tick; and who waits for it, null if nobody. */
    private record Told(
            String key, String value, long expiresMillis, long timeMillis, byte[] payload, Pending pending) {}

    private final Random random;
    private final VirtualWorld world;
    private final Loop storeLoop;
    private final Loop snapshotLoop;
    private final StoreHost host;
    /** Index 1 is at 0. */
    private final List<Told> log = new ArrayList<>();
    /** What a snapshot is taken of: all of the log is applied to it. */
    private final PartitionStore whole = new PartitionStore(PARTITION);

    private int submitted;
    private final ArrayDeque<byte[]> snapshots = new ArrayDeque<>();
    private final ArrayDeque<Integer> captures = new ArrayDeque<>();
    /** By request: what it must be answered. */
    private final Map<Long, String> expected = new HashMap<>();

    private long requests;

    private StoreHostSchedule(long seed) {
        random = new Random(seed);
        world = new VirtualWorld(seed, 0);
        VirtualProcess process = world.process("node");
        storeLoop = process.loop("store", STORE_DELAY_NANOS);
        snapshotLoop = process.loop("snapshot", LOADING_NANOS);
        host = new StoreHost(storeLoop, world, Integer.MAX_VALUE, new Answers());
        host.add(PARTITION, new PartitionStore(PARTITION), 0);
        host.start();
    }

    /** Fails if something is answered wrong, or not at all. */
    public static void run(long seed) {
        new StoreHostSchedule(seed).run();
    }

    private void run() {
        for (int i = 0; i < STEPS; i++) {
            step();
        }
        world.runUntil(
                () -> {
                    submit(log.size());
                    return expected.isEmpty() && captures.isEmpty();
                },
                10_000);
        assertThat(expected).as("what was never answered").isEmpty();
        assertThat(captures).as("captures that were never taken").isEmpty();
        world.runMillis(SLEEPS_MILLIS);
        assertThat(host.appliedIndex(PARTITION)).as("applied in the end").isEqualTo(submitted);
    }

    private void step() {
        switch (random.nextInt(16)) {
            case 0, 1, 2, 3 -> set();
            case 4, 5, 6 -> submit(submitted + 1 + random.nextInt(4));
            case 7, 8, 9, 10 -> read();
            case 11 -> capture();
            case 12 -> load();
            case 13 -> world.runMillis(random.nextInt(8) == 0 ? SLEEPS_MILLIS : 0);
            default -> world.runMillis(random.nextInt(PASSES_MAX_MILLIS));
        }
    }

    private void set() {
        String key = anyKey();
        String value = "v" + log.size();
        int seconds = random.nextInt(3);
        long now = world.wallMillis();
        ByteWriter batch = new ByteWriter();
        CommandBatch.begin(batch);
        byte[] bytes = value.getBytes(StandardCharsets.US_ASCII);
        CommandWriter.set(
                batch, key.getBytes(StandardCharsets.US_ASCII), 0, key.length(), 0, seconds, bytes, 0, bytes.length);
        CommandBatch.session(batch, 1, 1, log.size() + 1, 1);
        byte[] payload = CommandBatch.stamp(batch.toByteArray(), 0, batch.length(), now, 1 << 20, 1_000);
        Pending pending = null;
        if (random.nextBoolean()) {
            Request request = new Request(1, ++requests, PARTITION, true, 1, batch.toByteArray());
            pending = new Pending(log.size() + 1, TERM, now, request);
            expected.put(request.id(), Result.name(Result.STORED));
        }
        append(new Told(key, value, seconds == 0 ? 0 : now + seconds * 1_000L, now, payload, pending));
    }

    private void append(Told told) {
        log.add(told);
        whole.apply(log.size(), told.payload(), new ByteWriter());
    }

    private void submit(int upTo) {
        List<Committed> committed = new ArrayList<>();
        while (submitted < Math.min(upTo, log.size())) {
            Told told = log.get(submitted++);
            committed.add(
                    new Committed(new Entry(submitted, TERM, EntryType.COMMANDS, told.payload()), told.pending()));
        }
        if (!committed.isEmpty()) {
            storeLoop.execute(() -> host.apply(PARTITION, committed));
        }
    }

    private void read() {
        String key = anyKey();
        ByteWriter commands = new ByteWriter();
        CommandWriter.get(commands, key.getBytes(StandardCharsets.US_ASCII), 0, key.length());
        Request request = new Request(1, ++requests, PARTITION, false, 1, commands.toByteArray());
        ReadWork work = new ReadWork(request, world.wallMillis());
        expected.put(request.id(), valueAt(submitted, key, work.nowMillis()));
        storeLoop.execute(() -> host.read(PARTITION, work));
    }

    private String valueAt(int index, String key, long nowMillis) {
        long time = nowMillis;
        Told last = null;
        for (Told each : log.subList(0, index)) {
            time = Math.max(time, each.timeMillis());
            last = key.equals(each.key()) ? each : last;
        }
        boolean visible = last != null && (last.expiresMillis() == 0 || last.expiresMillis() > time);
        return visible ? last.value() : MISS;
    }

    private void capture() {
        captures.add(submitted);
        storeLoop.execute(() -> host.beginSnapshot(PARTITION));
    }

    /** The leader has sent a snapshot of all there is; who waits for what is in it asks somebody else. */
    private void load() {
        if (submitted == log.size()) {
            return;
        }
        while (submitted < log.size()) {
            Pending pending = log.get(submitted++).pending();
            if (pending != null && pending.write != null) {
                expected.remove(pending.write.id());
            } else if (pending != null) {
                pending.reads.forEach(read -> expected.remove(read.request().id()));
            }
        }
        snapshots.add(bytesOf(whole.beginCapture()));
        SnapshotPoint point = new SnapshotPoint(submitted, TERM);
        storeLoop.execute(() -> host.restore(PARTITION, point));
    }

    private static byte[] bytesOf(SnapshotCapture capture) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            capture.writeTo(bytes::write);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private String anyKey() {
        return "k" + random.nextInt(KEYS);
    }

    /** What the store host says. */
    private final class Answers implements StoreHost.Listener {
        @Override
        public void respond(int node, Response response) {
            assertThat(response.status()).isEqualTo(Response.Status.OK);
            ResultReader results = new ResultReader().reset(response.results(), 0, response.results().length);
            assertThat(results.next()).isTrue();
            String answer = switch (results.code()) {
                case Result.VALUE ->
                    new String(
                            response.results(),
                            results.valueOffset(),
                            results.valueLength(),
                            StandardCharsets.US_ASCII);
                case Result.MISS -> MISS;
                default -> Result.name(results.code());
            };
            assertThat(answer)
                    .as("the answer to request %d at %d ms", response.requestId(), world.wallMillis())
                    .isEqualTo(expected.remove(response.requestId()));
        }

        /** The tick is committed behind all that is. */
        @Override
        public void onTickNeeded(int partition, ReadWork read, long nowMillis) {
            Pending pending = new Pending(log.size() + 1, TERM, nowMillis, null);
            append(new Told(null, null, 0, nowMillis, CommandBatch.tick(nowMillis), pending));
            if (read != null) {
                pending.reads.add(read);
                String key = new String(read.request().bytes(), 2, 2, StandardCharsets.US_ASCII);
                expected.put(read.request().id(), valueAt(log.size(), key, nowMillis));
            }
        }

        @Override
        public void onCaptured(int partition, SnapshotPoint point, SnapshotCapture capture) {
            assertThat(point.index()).as("where a capture was taken").isEqualTo((long) captures.poll());
            assertThat(capture.appliedIndex()).isEqualTo(point.index());
        }

        @Override
        public void onRestoreNeeded(int partition, SnapshotPoint point) {
            byte[] snapshot = snapshots.poll();
            snapshotLoop.execute(() -> {
                try {
                    PartitionStore loaded = StoreSnapshot.restore(PARTITION, new ByteArrayInputStream(snapshot)::read);
                    storeLoop.execute(() -> host.restored(PARTITION, loaded, point));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
