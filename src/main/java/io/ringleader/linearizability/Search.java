package io.ringleader.linearizability;

import io.ringleader.linearizability.Verdict.Evidence;
import io.ringleader.linearizability.Verdict.KeyVerdict;
import io.ringleader.linearizability.Verdict.Linearized;
import io.ringleader.linearizability.Verdict.Result;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The search for an order of one key's operations that explains every answer. Depth first: the order grows by one operation
 * at a time, and shrinks again where nothing fits (Wing and Gong 1993).
 *
 * <p>Which operations can be the next? Real time has to be kept: one that returned before another was invoked comes first. So
 * the next is one that was invoked before the first return among those that are left ({@link Pending}). The model says whether
 * its answer is possible in the state reached so far, and which states follow.
 *
 * <p>What keeps it short:
 *
 * <ul>
 *   <li>A configuration is looked at once: {@link Configurations} (Lowe 2017).
 *   <li>Just in time (Lowe 2017, section 4): an operation is needed at the latest when it returns, and it is best not to
 *       commit earlier. So the one that returns next is tried before the others, and those with an unknown outcome, which are
 *       never needed, after all others.
 *   <li>A look that is possible now can be put here without trying anything else instead: whatever order exists can be
 *       rearranged to have it here. Not so a change that happens to change nothing here, like a flush of nothing: it may be
 *       needed later.
 *   <li>Of several unknown operations that ask for the same, the one that was invoked first is tried first.
 * </ul>
 *
 * <p>There is no recursion, since an order can be longer than the stack of a thread is deep. An object is used once.
 *
 * @param <S> the states of the model
 */
final class Search<S> {
    /** How many different states an {@link Evidence} lists. */
    static final int MAX_STATES = 16;

    private static final int NO_TWIN = -1;

    private final Model<S> model;
    private final Limits limits;
    private final List<Operation> operations;
    /** Completed ones by number, in the order of invocation. */
    private final List<Operation> completed = new ArrayList<>();
    /** Those with an unknown outcome by number, in the order of invocation. */
    private final List<Operation> unknown = new ArrayList<>();
    /** By the number of an unknown operation, that of the last one before it that asks for the same. */
    private final int[] twins;
    /** Whether it matters when something takes effect, and not only in which order. */
    private final boolean timed;

    private final Pending pending;
    private final BitSet completedUsed = new BitSet();
    private final BitSet unknownUsed = new BitSet();
    private final Configurations<S> configurations = new Configurations<>();
    private final Deque<Frame<S>> path = new ArrayDeque<>();
    private long steps;

    /** The latest return that no order gets past, the operation that returns there, and the states in which it fails. */
    private int blockedAt = -1;

    private Operation blocked;
    /** The shortest order that gets there. */
    private List<Frame<S>> blockedPath = List.of();

    private final Set<S> blockedStates = new LinkedHashSet<>();

    /** @param operations of one key, in the order of invocation, without those that were not applied */
    Search(Model<S> model, List<Operation> operations, Limits limits) {
        this.model = model;
        this.limits = limits;
        this.operations = operations;
        for (Operation o : operations) {
            (o.isCompleted() ? completed : unknown).add(o);
        }
        timed = operations.stream().anyMatch(o -> o.command().isTimed());
        twins = twins(unknown);
        pending = new Pending(completed);
    }

    private static int[] twins(List<Operation> unknown) {
        int[] twins = new int[unknown.size()];
        for (int i = 0; i < twins.length; i++) {
            int twin = i - 1;
            while (twin >= 0
                    && !unknown.get(twin).command().equals(unknown.get(i).command())) {
                twin--;
            }
            twins[i] = twin < 0 ? NO_TWIN : twin;
        }
        return twins;
    }

    /** One step of the order: the operation that led here, the state it led to, and what is still to be tried from here. */
    private static final class Frame<S> {
        /** Null in the first frame, before any operation. */
        final Operation operation;

        /** The number of the operation in {@link #completed}, or {@code ~number} in {@link #unknown}. */
        final int move;

        final S state;
        /** All operations in the order were invoked by now, so this is the earliest time it can be. */
        final long nowNanos;
        /** The operation that returns next: whatever comes now has to take effect before. Null if none is left. */
        final Operation target;

        private final int[] candidates;
        private int candidateCount;
        private int candidate = -1;
        /** What the candidate can lead to and was not tried yet. */
        Iterator<S> states = Collections.emptyIterator();

        Frame(Operation operation, int move, S state, long nowNanos, Operation target, int[] candidates) {
            this.operation = operation;
            this.move = move;
            this.state = state;
            this.nowNanos = nowNanos;
            this.target = target;
            this.candidates = candidates;
            candidateCount = candidates.length;
        }

        int candidate() {
            return candidates[candidate];
        }

        boolean nextCandidate() {
            candidate++;
            return candidate < candidateCount;
        }

        /** The candidate is as good as any other: those after it need not be tried. */
        void commit() {
            candidateCount = candidate + 1;
        }
    }

    KeyVerdict run(String key) {
        path.push(frame(null, 0, model.initial(), Long.MIN_VALUE));
        while (!path.isEmpty()) {
            Frame<S> top = path.peek();
            if (top.target == null) {
                return new KeyVerdict(key, Result.VALID, order(path), null, null, steps);
            }
            if (steps > limits.maxSteps() || configurations.size() > limits.maxConfigurations()) {
                return new KeyVerdict(key, Result.UNDECIDED, List.of(), null, reason(), steps);
            }
            if (!extend(top)) {
                noteBlocked(top);
                path.pop();
                if (top.operation != null) {
                    takeBack(top.move);
                }
            }
        }
        return new KeyVerdict(key, Result.INVALID, List.of(), evidence(), null, steps);
    }

    private Frame<S> frame(Operation operation, int move, S state, long nowNanos) {
        int first = pending.firstToReturn();
        if (first == Pending.NONE) {
            return new Frame<>(operation, move, state, nowNanos, null, new int[0]);
        }
        Operation target = completed.get(first);
        return new Frame<>(operation, move, state, nowNanos, target, candidates(first, target.completedAt()));
    }

    /** What may be next, and in which order to try: just in time. */
    private int[] candidates(int target, int returnOfTarget) {
        IntStream.Builder moves = IntStream.builder();
        moves.add(target);
        for (int other : pending.invokedBeforeFirstReturn()) {
            if (other != target) {
                moves.add(other);
            }
        }
        for (int i = 0; i < twins.length && unknown.get(i).invokedAt() < returnOfTarget; i++) {
            boolean afterTwin = twins[i] == NO_TWIN || unknownUsed.get(twins[i]);
            if (afterTwin && !unknownUsed.get(i)) {
                moves.add(~i);
            }
        }
        return moves.build().toArray();
    }

    /** Makes the order longer by one operation; returns false if none is left to be tried after the last one. */
    private boolean extend(Frame<S> top) {
        while (true) {
            while (top.states.hasNext()) {
                S state = top.states.next();
                int move = top.candidate();
                take(move);
                if (configurations.add(completedUsed, unknownUsed, state)) {
                    Operation o = operation(move);
                    path.push(frame(o, move, state, Math.max(top.nowNanos, o.invokedNanos())));
                    return true;
                }
                takeBack(move);
            }
            if (!top.nextCandidate()) {
                return false;
            }
            top.states = step(top).iterator();
        }
    }

    /** What the candidate of the frame can lead to. */
    private Collection<S> step(Frame<S> top) {
        steps++;
        Operation o = operation(top.candidate());
        long earliestNanos = Math.max(top.nowNanos, o.invokedNanos());
        Collection<S> states = model.step(top.state, o, earliestNanos, top.target.completedNanos());
        if (!o.isCompleted()) {
            // Without effect it is as if it had never been carried out, which is tried anyway.
            return states.stream().filter(state -> !state.equals(top.state)).toList();
        }
        boolean learnsNothing = states.size() == 1 && states.contains(top.state);
        // If times matter, having it here must not make it later for those that come after.
        if (o.isLook() && learnsNothing && (!timed || o.invokedNanos() <= top.nowNanos)) {
            top.commit();
        }
        return states;
    }

    private Operation operation(int move) {
        return move >= 0 ? completed.get(move) : unknown.get(~move);
    }

    private void take(int move) {
        if (move >= 0) {
            pending.lift(move);
            completedUsed.set(move);
        } else {
            unknownUsed.set(~move);
        }
    }

    private void takeBack(int move) {
        if (move >= 0) {
            pending.unlift(move);
            completedUsed.clear(move);
        } else {
            unknownUsed.clear(~move);
        }
    }

    /** The order that a path stands for, which has its last step first. */
    private List<Linearized> order(Collection<Frame<S>> frames) {
        List<Linearized> order = new ArrayList<>(frames.size());
        for (Frame<S> frame : frames) {
            if (frame.operation != null) {
                order.add(new Linearized(frame.operation, frame.nowNanos, frame.state.toString()));
            }
        }
        Collections.reverse(order);
        return List.copyOf(order);
    }

    /** Nothing gets past the return of the frame's target from here; notes it if nothing got further before. */
    private void noteBlocked(Frame<S> top) {
        if (top.target.completedAt() < blockedAt) {
            return;
        }
        boolean further = top.target.completedAt() > blockedAt;
        if (further) {
            blocked = top.target;
            blockedAt = blocked.completedAt();
            blockedStates.clear();
        }
        // The shorter the order, the fewer operations are in it that do not help.
        if (further || path.size() < blockedPath.size()) {
            blockedPath = new ArrayList<>(path);
        }
        if (blockedStates.size() < MAX_STATES) {
            blockedStates.add(top.state);
        }
    }

    private Evidence evidence() {
        Set<Operation> placed = new HashSet<>();
        List<Linearized> blockedOrder = order(blockedPath);
        blockedOrder.forEach(done -> placed.add(done.operation()));
        List<Operation> open = operations.stream()
                .filter(o ->
                        o != blocked && o.invokedAt() < blockedAt && o.deadline() > blockedAt && !placed.contains(o))
                .toList();
        List<String> states = blockedStates.stream().map(Object::toString).toList();
        return new Evidence(blocked, open, blockedOrder, states);
    }

    private String reason() {
        String most = blocked == null ? "" : " No order was found that gets past the return of " + blocked + ".";
        return "the search was given up after " + steps + " steps with " + configurations.size()
                + " configurations, the limits are " + limits.maxSteps() + " and " + limits.maxConfigurations() + "."
                + most;
    }
}
