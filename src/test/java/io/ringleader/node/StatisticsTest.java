package io.ringleader.node;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.loop.Loop;
import io.ringleader.memcached.StatsWriter;
import io.ringleader.sim.VirtualProcess;
import io.ringleader.sim.VirtualWorld;
import io.ringleader.store.ByteWriter;
import io.ringleader.store.PartitionStore;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    private static final int PARTITIONS = 3;

    private final VirtualWorld world = new VirtualWorld(1, 0);
    private final VirtualProcess process = world.process("node1");
    private final Loop clientLoop = process.loop("client", 0);
    private final Loop storeLoop = process.loop("store", 0);
    private final CountingLoop snapshotLoop = new CountingLoop(process.loop("snapshot", 1_000_000));

    private static final class CountingLoop implements Loop {
        private final Loop loop;
        private int tasks;

        CountingLoop(Loop loop) {
            this.loop = loop;
        }

        @Override
        public void execute(Runnable task) {
            tasks++;
            loop.execute(task);
        }

        @Override
        public void schedule(long delayNanos, Runnable task) {
            loop.schedule(delayNanos, task);
        }

        @Override
        public void atEndOfBurst(Runnable hook) {
            loop.atEndOfBurst(hook);
        }
    }

    private static final StatsWriter LINES = new StatsWriter() {
        @Override
        public void stat(String name, String value, ByteWriter out) {
            byte[] line = (name + "\n").getBytes(US_ASCII);
            out.putBytes(line, 0, line.length);
        }

        @Override
        public void end(ByteWriter out) {
            out.putByte('.');
        }

        @Override
        public void reset(ByteWriter out) {
            throw new AssertionError("Nobody asked for that.");
        }

        @Override
        public void unknown(ByteWriter out) {
            throw new AssertionError("They are known.");
        }
    };

    /** All data is read for each, so whoever asks without end would leave the snapshot loop no time for snapshots. */
    @Test
    void manyWhoAskForDigestsAtOnceShareTheWork() {
        StoreHost store = new StoreHost(storeLoop, world, 1_000, null);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            store.add(partition, new PartitionStore(partition), 0);
        }
        Environment environment = new Environment(
                world, null, clientLoop, null, null, null, null, storeLoop, snapshotLoop, null, 1, null, null, null);
        Statistics statistics = new Statistics(null, null, environment, null, null, null, store);
        List<byte[]> answers = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            clientLoop.execute(() -> statistics.stats("digests", LINES, answers::add));
        }
        assertThat(world.runUntil(() -> answers.size() == 1_000, 10_000)).isTrue();
        assertThat(snapshotLoop.tasks)
                .as("the first, and all who came meanwhile")
                .isEqualTo(2 * PARTITIONS);
        assertThat(answers).allMatch(answer -> new String(answer, US_ASCII).startsWith("0:applied_index\n0:digest\n"));
        clientLoop.execute(() -> statistics.stats("digests", LINES, answers::add));
        assertThat(world.runUntil(() -> answers.size() == 1_001, 10_000)).isTrue();
    }
}
