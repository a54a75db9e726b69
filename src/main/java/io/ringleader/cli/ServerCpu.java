package io.ringleader.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Processor time that some processes of this machine use between two moments, from {@code /proc/PID/stat}. */
public final class ServerCpu {
    private final List<Long> pids;
    private double beginSeconds;
    private double endSeconds;

    /** @throws CommandFailedException if one of them cannot be looked at */
    public ServerCpu(List<Long> pids) {
        this.pids = List.copyOf(pids);
        begin();
        endSeconds = beginSeconds;
    }

    /** From now. */
    public void begin() {
        beginSeconds = read();
    }

    /** Until now. */
    public void end() {
        endSeconds = read();
    }

    /** User and system time of all processes together. */
    public double seconds() {
        return endSeconds - beginSeconds;
    }

    private double read() {
        double sum = 0;
        for (long pid : pids) {
            try {
                ProcessTimes times = ProcessTimes.parse(Files.readString(Path.of("/proc/" + pid + "/stat")));
                sum += times.user() + times.system();
            } catch (IOException | RuntimeException e) {
                throw new CommandFailedException("the processor time of process " + pid
                        + " cannot be read. Does it run, on this machine, and is this Linux?");
            }
        }
        return sum;
    }
}
