package io.ringleader.mutants;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** A process that runs the harnesses on the classes it finds, and prints a line about the first failure, or that there is none. */
final class Trial {
    static final String CAUGHT = "CAUGHT";
    static final String SURVIVED = "SURVIVED";

    private Trial() {}

    /** @param args the package that is changed; none for all harnesses */
    public static void main(String[] args) {
        ((Logger) LoggerFactory.getLogger("io.ringleader")).setLevel(Level.OFF);
        for (Harness harness : Harness.values()) {
            if (args.length > 0 && !harness.runs(args[0])) {
                continue;
            }
            long begunNanos = System.nanoTime();
            for (int seed = 1; seed <= harness.seeds(); seed++) {
                try {
                    harness.run(seed);
                } catch (Throwable failure) {
                    double seconds = (System.nanoTime() - begunNanos) / 1e9;
                    System.out.printf("%s\t%s\t%d\t%.1f\t%s%n", CAUGHT, harness, seed, seconds, reason(failure));
                    System.exit(0);
                }
            }
        }
        System.out.println(SURVIVED);
        System.exit(0);
    }

    /** The first sentence of the innermost message: what was noticed, not where it was passed on. */
    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return message.replaceAll("\\s+", " ");
    }
}
