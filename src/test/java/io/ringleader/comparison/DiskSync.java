package io.ringleader.comparison;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** How long the disk takes to make 4 KiB durable: written behind one another into a file that is there already, as a log is. */
final class DiskSync {
    private static final int BLOCK_BYTES = 4096;
    private static final int FILE_BLOCKS = 4096;

    private DiskSync() {}

    /** The median of {@code fdatasync} after each of so many writes. */
    static long medianNanos(Path directory, int times) throws IOException {
        Path file = directory.resolve("sync.probe");
        long[] nanos = new long[times];
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(BLOCK_BYTES * FILE_BLOCKS), 0);
            channel.force(true);
            for (int i = 0; i < times; i++) {
                channel.write(ByteBuffer.allocate(BLOCK_BYTES), (long) BLOCK_BYTES * (i % FILE_BLOCKS));
                long begun = System.nanoTime();
                channel.force(false);
                nanos[i] = System.nanoTime() - begun;
            }
        } finally {
            Files.deleteIfExists(file);
        }
        Arrays.sort(nanos);
        return nanos[times / 2];
    }
}
