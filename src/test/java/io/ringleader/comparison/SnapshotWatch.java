package io.ringleader.comparison;

import io.ringleader.bench.LoadGenerator;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Tells seconds of a load in which a node wrote a snapshot from those in which none did, by the files: one that is being
 * written has a temporary name. A thread of its own looks, often enough not to miss one.
 */
final class SnapshotWatch implements LoadGenerator.Observer, AutoCloseable {
    private static final long LOOK_NANOS = 20_000_000L;
    /** A second counts as one with snapshots if a file was being written in this share of it; as one without, if in none. */
    private static final double MUCH = 0.5;

    private final Path directory;
    private final Set<Path> seen = ConcurrentHashMap.newKeySet();
    private final List<Double> quiet = new ArrayList<>();
    private final List<Double> busy = new ArrayList<>();
    private volatile boolean closed;
    /** How many were there when the first look was over. */
    private int before = -1;

    private int looks;
    private int writing;

    /** @param directory in which each node has its own */
    SnapshotWatch(Path directory) {
        this.directory = directory;
        Thread thread = new Thread(this::watch, "snapshot-watch");
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        while (!closed) {
            try {
                look();
            } catch (IOException | DirectoryIteratorException e) {
                // a directory came or went while it was looked at; the next look is soon
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** At names only: to look at a file changes what the next sync of it costs. */
    private void look() throws IOException {
        boolean temporary = false;
        for (Path node : names(directory, "node?")) {
            for (Path group : names(node.resolve("snapshots"), "*")) {
                for (Path file : names(group, "*")) {
                    boolean isTemporary = file.toString().endsWith(".tmp");
                    temporary |= isTemporary;
                    if (!isTemporary) {
                        seen.add(file);
                    }
                }
            }
        }
        noteLook(temporary);
    }

    private static List<Path> names(Path directory, String glob) throws IOException {
        try (DirectoryStream<Path> names = Files.newDirectoryStream(directory, glob)) {
            List<Path> all = new ArrayList<>();
            names.forEach(all::add);
            return all;
        }
    }

    private synchronized void noteLook(boolean isWriting) {
        before = before < 0 ? seen.size() : before;
        looks++;
        writing += isWriting ? 1 : 0;
    }

    @Override
    public synchronized void second(LoadGenerator.Progress progress) {
        if (progress.phase().equals("run") && looks > 0) {
            if (writing == 0) {
                quiet.add(progress.perSecond());
            } else if (writing > looks * MUCH) {
                busy.add(progress.perSecond());
            }
        }
        looks = 0;
        writing = 0;
    }

    synchronized void print() {
        RestartBench.say("%d snapshots were written while sets went on", seen.size() - Math.max(0, before));
        RestartBench.say(
                "sets per second, median: %,.0f in %d seconds without a snapshot, %,.0f in %d seconds with one",
                median(quiet), quiet.size(), median(busy), busy.size());
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    }

    @Override
    public void close() {
        closed = true;
    }
}
