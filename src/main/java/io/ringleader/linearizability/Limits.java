package io.ringleader.linearizability;

/**
 * How far the search for one key may go before it is given up undecided. Steps stand for time, since nothing here reads a
 * clock; configurations stand for memory, at about 200 bytes each and the values that only they hold.
 *
 * @param maxSteps steps of the model: a million takes about a second
 * @param maxConfigurations remembered configurations
 */
public record Limits(long maxSteps, int maxConfigurations) {
    public static final Limits STANDARD = new Limits(20_000_000, 2_000_000);

    public Limits {
        if (maxSteps < 1 || maxConfigurations < 1) {
            throw new IllegalArgumentException("A search needs room, but may take " + maxSteps + " steps and remember "
                    + maxConfigurations + " configurations.");
        }
    }
}
