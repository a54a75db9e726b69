package io.ringleader.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Appends an entry of 2 KiB for each of 16 partitions and makes them durable, on the disk of the directory it runs in; per entry.
 * Most of it is the disk's.
 */
@State(Scope.Thread)
public class WriteAheadLogBenchmark {
    private static final int GROUPS = 16;
    private static final int SNAPSHOT_EVERY = 256;
    private static final WriteAheadLog.Options OPTIONS = new WriteAheadLog.Options(64 << 20, 1 << 20);

    private final byte[] payload = new byte[2048];
    private Path directory;
    private WriteAheadLog log;
    private long index;

    /** Opens an empty log. */
    @Setup
    public void setUp() throws IOException {
        directory = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "wal-benchmark");
        log = WriteAheadLog.open(new FileDisk(directory), "wal", OPTIONS, new Random(1))
                .log();
        for (int group = 0; group < GROUPS; group++) {
            log.hardState(group, 1, 1);
        }
        log.sync();
    }

    /** Deletes it. */
    @TearDown
    public void tearDown() throws IOException {
        log.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** One write and one fsync, as at the end of a burst. */
    @Benchmark
    @OperationsPerInvocation(GROUPS)
    public void appendAndSync() throws IOException {
        index++;
        for (int group = 0; group < GROUPS; group++) {
            log.entry(group, index, 1, (byte) 1, payload);
            if (index % SNAPSHOT_EVERY == 0) {
                log.snapshotMark(group, index, 1);
            }
        }
        log.sync();
        log.prepareSpare(4L * GROUPS * payload.length);
        if (index % SNAPSHOT_EVERY == 0) {
            log.deleteObsoleteSegments();
        }
    }
}
