package io.ringleader.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.store.LogOfSteps.LogEntry;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever bytes come, the answer is a clear refusal or an orderly effect. */
class MalformedInputPropertyTest {
    @Provide
    Arbitrary<List<Step>> logs() {
        return Step.logs();
    }

    @Provide
    Arbitrary<List<Command>> commands() {
        return Step.anyCommand().list().ofMinSize(1).ofMaxSize(6);
    }

    @Property(tries = 500)
    void randomBytesAreRefusedOrApplied(@ForAll byte[] bytes) {
        refuseOrApply(new PartitionStore(1), bytes);
    }

    @Property(tries = 500)
    void randomCommandsBehindALegalHeaderAreRefusedOrApplied(@ForAll byte[] bytes, @ForAll byte count) {
        byte[] batch = Arrays.copyOf(Command.batch(1, 1, 1, List.of()), CommandBatch.HEADER_BYTES + bytes.length);
        System.arraycopy(bytes, 0, batch, CommandBatch.HEADER_BYTES, bytes.length);
        CommandBatch.session(batch, 0, 1, 1, 1, count);
        refuseOrApply(new PartitionStore(1), batch);
    }

    @Property(tries = 1500)
    void damagedBatchesAreRefusedOrApplied(@ForAll("commands") List<Command> commands, @ForAll long seed) {
        Random random = new Random(seed);
        byte[] batch = Command.batch(1, 1, 2, commands);
        byte[] damaged = damage(CommandBatch.stamp(batch, 0, batch.length, 5000, 10_000, 1000), random);
        PartitionStore store = new PartitionStore(1);
        store.apply(1, CommandBatch.stamp(batch, 0, batch.length, 4000, 10_000, 1000), new ByteWriter());
        refuseOrApply(store, damaged);
    }

    @Property(tries = 500)
    void damagedReadsAreRefusedOrAnswered(@ForAll("commands") List<Command> commands, @ForAll long seed) {
        Random random = new Random(seed);
        List<Command> gets = commands.stream()
                .map(command -> command.op() == Op.GAT
                        ? command
                        : Command.get(command.key().isEmpty() ? "x" : command.key()))
                .toList();
        byte[] damaged = damage(Command.encode(gets), random);
        ByteWriter results = new ByteWriter();
        try {
            int answered = new PartitionStore(1)
                    .read(0, damaged, 0, damaged.length, gets.size() - random.nextInt(2), results, random.nextInt(9));
            assertThat(answered).isBetween(1, gets.size());
            assertThat(Results.decode(results)).hasSize(answered);
        } catch (MalformedBytesException e) {
            assertThat(results.length()).isZero();
        }
    }

    @Property(tries = 500)
    void damagedResultsAreRefusedOrRead(@ForAll("commands") List<Command> commands, @ForAll long seed) {
        StoreDriver driver = new StoreDriver();
        driver.all(commands.toArray(new Command[0]));
        ByteWriter results = new ByteWriter();
        byte[] repeat = Command.batch(StoreDriver.NODE, 1, 1, commands);
        driver.store.apply(2, repeat, results);
        byte[] damaged = damage(results.toByteArray(), new Random(seed));
        try {
            ResultReader r = new ResultReader().reset(damaged, 0, damaged.length);
            while (r.next()) {
                assertThat(r.keyOffset() + r.keyLength()).isLessThanOrEqualTo(damaged.length);
                assertThat(r.valueOffset() + r.valueLength()).isLessThanOrEqualTo(damaged.length);
            }
        } catch (MalformedBytesException e) {
            assertThat(e).hasMessageMatching("(?s)[A-Z].*\\.");
        }
    }

    @Property(tries = 1000)
    void damagedSnapshotsAreRefusedOrRestored(@ForAll("logs") List<Step> steps, @ForAll long seed) {
        PartitionStore store = new PartitionStore(1);
        for (LogEntry entry : LogOfSteps.of(steps)) {
            store.apply(store.appliedIndex() + 1, entry.payload(), new ByteWriter());
        }
        byte[] damaged = damage(Results.snapshot(store), new Random(seed));
        try {
            PartitionStore restored = Results.restore(1, damaged);
            assertThat(Results.snapshot(restored))
                    .as("what is accepted is canonical")
                    .isEqualTo(damaged);
        } catch (MalformedBytesException e) {
            assertThat(e).hasMessageMatching("(?s)[A-Z].*\\.");
        }
    }

    private static void refuseOrApply(PartitionStore store, byte[] payload) {
        long digest = store.digest();
        long index = store.appliedIndex();
        boolean accepted = true;
        try {
            CommandBatch.validate(payload, 0, payload.length);
        } catch (MalformedBytesException e) {
            assertThat(e).hasMessageMatching("(?s)[A-Z].*\\.");
            accepted = false;
        }
        ByteWriter results = new ByteWriter();
        if (accepted) {
            store.apply(index + 1, payload, results);
            assertThat(store.appliedIndex()).isEqualTo(index + 1);
            assertThat(Results.decode(results)).hasSizeLessThanOrEqualTo(CommandBatch.commandCount(payload, 0));
        } else if (payload.length > 0) {
            try {
                store.apply(index + 1, payload, results);
                throw new IllegalStateException("What validate refuses was applied.");
            } catch (MalformedBytesException e) {
                assertThat(results.length()).isZero();
                assertThat(store.digest()).isEqualTo(digest);
            }
        }
    }

    /** Flips, overwrites, cuts or extends. */
    private static byte[] damage(byte[] bytes, Random random) {
        byte[] damaged = bytes.clone();
        int changes = random.nextInt(3);
        for (int i = 0; i < changes && damaged.length > 0; i++) {
            int at = random.nextInt(damaged.length);
            damaged[at] = (byte) (random.nextBoolean() ? damaged[at] ^ (1 << random.nextInt(8)) : random.nextInt());
        }
        return switch (random.nextInt(3)) {
            case 0 -> Arrays.copyOf(damaged, random.nextInt(damaged.length + 1));
            case 1 -> Arrays.copyOf(damaged, damaged.length + random.nextInt(20));
            default -> damaged;
        };
    }
}
