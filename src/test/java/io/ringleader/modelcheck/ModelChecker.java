package io.ringleader.modelcheck;

import io.ringleader.modelcheck.NodeStates.Transition;
import io.ringleader.raft.Message;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Explores all states within bounds, breadth first, so that what it finds is as short as can be. */
final class ModelChecker {
    /** What must have been reached, or the exploration proves little. */
    enum Reached {
        ELECTED,
        ELECTED_IN_A_LATER_TERM,
        TWO_LEADERS,
        COMMITTED,
        TRUNCATED,
        RESTARTED,
        WRITES_LOST,
        SNAPSHOT_INSTALLED,
        READ_SERVED,
        READ_SERVED_BY_FOLLOWER,
        HANDED_OVER
    }

    /**
     * @param violation what was found, with the shortest way there; null if nothing
     * @param depth the most steps on a shortest path
     * @param seconds of processor time
     */
    record Result(
            int states,
            long steps,
            int nodeStates,
            int depth,
            double seconds,
            String violation,
            Map<Reached, Long> reached) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%,d states, %,d steps, %,d states of single nodes, depth %d, %.1f s, %,.0f states/s, reached %s",
                    states,
                    steps,
                    nodeStates,
                    depth,
                    seconds,
                    states / Math.max(seconds, 0.001),
                    reached);
        }
    }

    private record Found(int[] state, int number, int depth) {}

    private static final int NO_MESSAGE = -1;

    private final Bounds bounds;
    private final int nodes;
    private final NodeStates nodeStates;
    private final List<Ghost> ghosts = new ArrayList<>();
    private final Map<Ghost, Integer> ghostNumbers = new HashMap<>();
    private final LongSet seen = new LongSet();
    private final ArrayDeque<Found> frontier = new ArrayDeque<>();
    /** By the number of a state: the number of the one it was reached from, and how. */
    private int[] parents = new int[1 << 16];

    private int[] nodesOfSteps = new int[1 << 16];
    private int[] inputs = new int[1 << 16];

    private final Map<Reached, Long> reached = new EnumMap<>(Reached.class);
    private final Facts[] facts;
    private Found from;
    private long steps;
    private String violation;

    ModelChecker(Bounds bounds) {
        this(bounds, Fault.NONE);
    }

    ModelChecker(Bounds bounds, Fault fault) {
        this.bounds = bounds;
        this.nodes = bounds.nodes();
        this.nodeStates = new NodeStates(bounds, fault);
        this.facts = new Facts[nodes];
    }

    /** @param maxStates an exploration that has no end within them fails */
    Result run(int maxStates) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        int[] fresh = new int[nodes];
        for (int i = 0; i < nodes; i++) {
            fresh[i] = nodeStates.fresh(i + 1);
        }
        from = new Found(fresh, 0, -1);
        add(ClusterState.initial(fresh, number(Ghost.initial(bounds))), -1, 0);
        int depth = 0;
        while (!frontier.isEmpty() && violation == null) {
            from = frontier.poll();
            depth = from.depth();
            expand();
            if (seen.size() > maxStates) {
                throw new IllegalStateException("More than " + maxStates + " states within " + bounds + ".");
            }
        }
        double seconds = (threads.getCurrentThreadCpuTime() - start) / 1e9;
        return new Result(seen.size(), steps, nodeStates.size(), depth, seconds, violation, reached);
    }

    // ---- what may happen next

    private void expand() {
        for (int node = 0; node < nodes && violation == null; node++) {
            Facts now = nodeStates.facts(from.state()[node]);
            if (now.up()) {
                expandUp(node, now);
            } else {
                step(node, Input.RESTART.with(0), NO_MESSAGE, null);
            }
        }
        for (int i = 0; i < ClusterState.messages(from.state(), nodes) && violation == null; i++) {
            int message = ClusterState.message(from.state(), nodes, i);
            int target = nodeStates.message(message).to() - 1;
            if (nodeStates.facts(from.state()[target]).up()) {
                step(target, Input.RECEIVE.with(message), message, null);
                step(target, Input.RECEIVE.with(message), NO_MESSAGE, Budget.DUPLICATES);
            }
        }
    }

    private void expandUp(int node, Facts now) {
        if (now.isLeader()) {
            step(node, Input.TICK.with(0), NO_MESSAGE, Budget.TICKS);
            step(node, Input.SILENCE.with(0), NO_MESSAGE, Budget.SILENCES);
            step(node, Input.PROPOSE.with(0), NO_MESSAGE, Budget.PROPOSALS);
            step(node, Input.READ.with(ghost().reads().size()), NO_MESSAGE, Budget.READS);
            for (int other = 1; other <= nodes; other++) {
                if (other != node + 1) {
                    step(node, Input.TRANSFER.with(other), NO_MESSAGE, Budget.TRANSFERS);
                    step(node, Input.RECONNECT.with(other), NO_MESSAGE, Budget.RECONNECTS);
                }
            }
        } else {
            step(node, Input.QUIET.with(0), NO_MESSAGE, null);
            step(node, Input.READ.with(ghost().reads().size()), NO_MESSAGE, Budget.FOLLOWER_READS);
            if (now.term() < bounds.maxTerm()) {
                step(node, Input.TIMEOUT.with(0), NO_MESSAGE, null);
            }
        }
        if (now.batchesWaiting()) {
            step(node, Input.PERSIST.with(0), NO_MESSAGE, null);
        }
        if (now.commitIndex() > now.snapshot().index()) {
            step(node, Input.SNAPSHOT.with(0), NO_MESSAGE, Budget.SNAPSHOTS);
        }
        for (int writes = 0; writes <= now.writesWaiting(); writes++) {
            step(node, Input.CRASH.with(writes), NO_MESSAGE, Budget.CRASHES);
        }
    }

    private boolean allows(Budget budget) {
        return budget.used(ClusterState.counters(from.state(), nodes)) < bounds.budget(budget);
    }

    private Ghost ghost() {
        return ghosts.get(ClusterState.ghost(from.state(), nodes));
    }

    // ---- one step

    /** @param taken the message that leaves the network, or none. @param budget what the step is counted against; null: nothing */
    private void step(int node, int input, int taken, Budget budget) {
        if (violation != null || (budget != null && !allows(budget))) {
            return;
        }
        steps++;
        Transition transition = nodeStates.take(from.state()[node], input);
        if (transition.failure() != null) {
            violation = describe(node, input, transition.failure().getMessage());
            return;
        }
        if (nodeStates.facts(transition.next()).term() > bounds.maxTerm()) {
            return;
        }
        try {
            follow(node, input, taken, budget, transition);
        } catch (Ghost.Broken e) {
            violation = describe(node, input, e.getMessage());
        }
    }

    private void follow(int node, int input, int taken, Budget budget, Transition transition) {
        for (int i = 0; i < nodes; i++) {
            facts[i] = nodeStates.facts(i == node ? transition.next() : from.state()[i]);
        }
        Ghost before = Input.of(input) == Input.READ ? ghost().asked() : ghost();
        Ghost after = before.after(node, facts, transition.reads());
        int ghost = after == ghost() ? ClusterState.ghost(from.state(), nodes) : number(after);
        long counters = ClusterState.counters(from.state(), nodes);
        long used = budget == null ? counters : budget.use(counters);
        for (int[] next :
                ClusterState.after(from.state(), nodes, used, taken, transition.sent(), bounds.maxInFlight())) {
            next[node] = transition.next();
            next[nodes + 2] = ghost;
            if (add(next, node, input)) {
                note(nodeStates.facts(from.state()[node]), facts[node], transition);
            }
        }
    }

    private boolean add(int[] state, int node, int input) {
        int number = seen.size();
        if (!seen.add(ClusterState.fingerprint(state))) {
            return false;
        }
        if (number == parents.length) {
            parents = Arrays.copyOf(parents, number * 2);
            nodesOfSteps = Arrays.copyOf(nodesOfSteps, number * 2);
            inputs = Arrays.copyOf(inputs, number * 2);
        }
        parents[number] = from.number();
        nodesOfSteps[number] = node;
        inputs[number] = input;
        frontier.add(new Found(state, number, from.depth() + 1));
        return true;
    }

    private int number(Ghost ghost) {
        Integer known = ghostNumbers.putIfAbsent(ghost, ghosts.size());
        if (known == null) {
            ghosts.add(ghost);
            return ghosts.size() - 1;
        }
        return known;
    }

    private void note(Facts before, Facts after, Transition transition) {
        note(Reached.ELECTED, after.isLeader() && !before.isLeader());
        note(Reached.ELECTED_IN_A_LATER_TERM, after.isLeader() && !before.isLeader() && after.term() > 1);
        note(Reached.TWO_LEADERS, Arrays.stream(facts).filter(Facts::isLeader).count() > 1);
        note(Reached.COMMITTED, after.up() && after.commitIndex() > before.commitIndex());
        note(Reached.TRUNCATED, before.up() && after.up() && isTruncated(before, after));
        note(Reached.RESTARTED, after.up() && !before.up());
        note(Reached.WRITES_LOST, before.up() && !after.up() && before.writesWaiting() > 0);
        note(Reached.READ_SERVED, !transition.reads().isEmpty());
        note(Reached.READ_SERVED_BY_FOLLOWER, !transition.reads().isEmpty() && !after.isLeader());
        note(
                Reached.SNAPSHOT_INSTALLED,
                before.up()
                        && after.up()
                        && after.snapshot().index() > before.snapshot().index()
                        && after.commitIndex() > before.commitIndex());
        for (int message : transition.sent()) {
            note(Reached.HANDED_OVER, nodeStates.message(message) instanceof Message.TimeoutNow);
        }
    }

    private static boolean isTruncated(Facts before, Facts after) {
        long last = Math.min(before.lastIndex(), after.lastIndex());
        return last > after.base().index() && last > before.base().index() && before.termAt(last) != after.termAt(last);
    }

    private void note(Reached what, boolean happened) {
        if (happened) {
            reached.merge(what, 1L, Long::sum);
        }
    }

    // ---- the way to a violation

    /** The steps from the start, with the state of the node after each. */
    private String describe(int lastNode, int lastInput, String violated) {
        ArrayDeque<Integer> path = new ArrayDeque<>();
        for (int number = from.number(); number > 0; number = parents[number]) {
            path.push(number);
        }
        StringBuilder text = new StringBuilder(violated);
        int[] at = new int[nodes];
        for (int i = 0; i < nodes; i++) {
            at[i] = nodeStates.fresh(i + 1);
        }
        int count = 0;
        for (int number : path) {
            text.append(String.format("%n%3d. %s", ++count, line(at, nodesOfSteps[number], inputs[number])));
        }
        return text.append(String.format("%n%3d. %s", ++count, line(at, lastNode, lastInput)))
                .toString();
    }

    private String line(int[] at, int node, int input) {
        Transition transition = nodeStates.take(at[node], input);
        String what = "node " + (node + 1) + " " + words(input);
        if (transition.failure() != null) {
            return what + ": " + transition.failure();
        }
        at[node] = transition.next();
        return what + " -> " + nodeStates.facts(at[node]);
    }

    private String words(int input) {
        int argument = Input.argument(input);
        return switch (Input.of(input)) {
            case RECEIVE -> "receives " + nodeStates.message(argument);
            case TIMEOUT -> "has not heard of a leader: its election timer fires";
            case QUIET -> "has not heard of a leader for the shortest timeout";
            case TICK -> "sees a heartbeat interval pass";
            case SILENCE -> "sees an election timeout pass without hearing from anybody";
            case PROPOSE -> "is given a command";
            case READ -> "is asked for read " + argument;
            case TRANSFER -> "is told to hand over to node " + argument;
            case SNAPSHOT -> "takes a snapshot";
            case RECONNECT -> "has a new connection to node " + argument;
            case PERSIST -> "has its first waiting writes on disk";
            case CRASH -> "crashes, " + argument + " of its waiting writes made it";
            case RESTART -> "starts again";
        };
    }
}
