package io.ringleader.sim.workload;

/**
 * A request on its way.
 *
 * @param operations their numbers in the history
 * @param silent commands sent after the last one that is certainly answered
 */
record Sent(Request request, int[] operations, long sentMillis, int silent) {
    @Override
    public String toString() {
        return Dialect.describe(request) + " sent at " + sentMillis + " ms";
    }
}
