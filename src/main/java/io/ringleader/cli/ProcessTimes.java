package io.ringleader.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * Processor time that this process has used. Java tells the sum only; Linux tells user and system time apart, in
 * {@code /proc/self/stat} (see proc(5)).
 */
record ProcessTimes(double user, double system) {
    private static final Path STAT = Path.of("/proc/self/stat");
    /** USER_HZ, which is this on every platform Java runs on. */
    private static final double TICKS_PER_SECOND = 100;
    /** Of utime, behind the name of the program, which ends in the last parenthesis and may itself contain spaces. */
    private static final int USER_FIELD = 11;

    static ProcessTimes read() {
        try {
            return parse(Files.readString(STAT));
        } catch (IOException | RuntimeException e) {
            Duration sum = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
            return new ProcessTimes(sum.toNanos() / 1e9, 0);
        }
    }

    static ProcessTimes parse(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return new ProcessTimes(
                Long.parseLong(fields[USER_FIELD]) / TICKS_PER_SECOND,
                Long.parseLong(fields[USER_FIELD + 1]) / TICKS_PER_SECOND);
    }

    String userSeconds() {
        return String.format(Locale.ROOT, "%.6f", user);
    }

    String systemSeconds() {
        return String.format(Locale.ROOT, "%.6f", system);
    }
}
