package io.ringleader.modelcheck;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A state of the whole cluster, in one array, because there are millions: the numbers of the nodes' states, what is used of the
 * budgets, the number of the {@link Ghost}, and the messages in the network, a set in rising order.
 */
final class ClusterState {
    private ClusterState() {}

    static int[] initial(int[] nodes, int ghost) {
        int[] state = Arrays.copyOf(nodes, nodes.length + 3);
        state[nodes.length + 2] = ghost;
        return state;
    }

    static long counters(int[] state, int nodes) {
        return (long) state[nodes] << 32 | state[nodes + 1] & 0xFFFFFFFFL;
    }

    static int ghost(int[] state, int nodes) {
        return state[nodes + 2];
    }

    static int messages(int[] state, int nodes) {
        return state.length - nodes - 3;
    }

    static int message(int[] state, int nodes, int at) {
        return state[nodes + 3 + at];
    }

    /**
     * One node steps, and the network changes. It holds so many messages and no more: for each that is too many, either it is
     * lost, or one of those that were there. So there may be several states that follow.
     *
     * @param taken the message to take out, or -1
     */
    static List<int[]> after(int[] state, int nodes, long counters, int taken, int[] sent, int capacity) {
        int[] next = taken < 0 ? state.clone() : without(state, nodes, taken);
        next[nodes] = (int) (counters >>> 32);
        next[nodes + 1] = (int) counters;
        if (sent.length == 0) {
            return List.of(next);
        }
        List<int[]> all = List.of(next);
        for (int message : sent) {
            List<int[]> more = new ArrayList<>();
            all.forEach(one -> send(one, nodes, message, capacity, more));
            all = more;
        }
        return all;
    }

    private static void send(int[] state, int nodes, int message, int capacity, List<int[]> after) {
        int first = nodes + 3;
        if (Arrays.binarySearch(state, first, state.length, message) >= 0) {
            after.add(state);
        } else if (state.length - first < capacity) {
            int[] longer = Arrays.copyOf(state, state.length + 1);
            longer[state.length] = message;
            Arrays.sort(longer, first, longer.length);
            after.add(longer);
        } else {
            after.add(state);
            for (int i = first; i < state.length; i++) {
                int[] replaced = state.clone();
                replaced[i] = message;
                Arrays.sort(replaced, first, replaced.length);
                after.add(replaced);
            }
        }
    }

    private static int[] without(int[] state, int nodes, int message) {
        int[] fewer = new int[state.length - 1];
        int at = Arrays.binarySearch(state, nodes + 3, state.length, message);
        System.arraycopy(state, 0, fewer, 0, at);
        System.arraycopy(state, at + 1, fewer, at, state.length - at - 1);
        return fewer;
    }

    /** 64 bits. Two states with the same are taken for one: with ten million states that happens once in 400,000 explorations. */
    static long fingerprint(int[] state) {
        long hash = state.length;
        for (int word : state) {
            hash = (hash ^ word) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 29;
            hash *= 0xBF58476D1CE4E5B9L;
            hash ^= hash >>> 32;
        }
        return hash == 0 ? 1 : hash;
    }
}
