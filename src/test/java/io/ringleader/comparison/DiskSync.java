package io.ringleader.comparison;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** How long the disk takes to make 4 KiB durable: written behind one another into a file that is there already, as a log is. */
final class DiskSync {
    private static final int BLOCK_BYTES = 4096;
    private static final int FILE_BLOCKS = 4096;

    private DiskSync() {}

    /** The median of {@code fdatasync} after each of so many writes, while so many files are written in this way side by side. */
    static long medianNanos(Path directory, int times, int files) throws IOException, InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(files);
        try {
            List<Callable<long[]>> writers = IntStream.range(0, files)
                    .<Callable<long[]>>mapToObj(i -> () -> nanos(directory.resolve("sync.probe" + i), times))
                    .toList();
            long[] all = new long[0];
            for (Future<long[]> each : threads.invokeAll(writers)) {
                all = LongStream.concat(Arrays.stream(all), Arrays.stream(each.get()))
                        .toArray();
            }
            Arrays.sort(all);
            return all[all.length / 2];
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } finally {
            threads.shutdown();
        }
    }

    private static long[] nanos(Path file, int times) throws IOException {
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
        return nanos;
    }
}
