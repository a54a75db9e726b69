package io.ringleader.modelcheck;

import io.ringleader.raft.Effects;
import io.ringleader.raft.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All states that single nodes have been seen in, and all messages, each with a number. What a node does depends on its own state
 * and on what happens to it, and on nothing else: so the real Raft runs once for each such pair, and whoever meets the pair
 * again, in another state of the cluster, only looks it up.
 *
 * <p>A Raft cannot be copied. To try an input in a state, a new one is led there by the inputs that led there first.
 */
final class NodeStates {
    /**
     * What an input makes of a node.
     *
     * @param failure what the node threw; null if nothing
     */
    record Transition(int next, int[] sent, List<Effects.Read> reads, RuntimeException failure) {}

    private static final class NodeState {
        final int node;
        final Facts facts;
        final int parent;
        final int input;
        final Map<Integer, Transition> transitions = new HashMap<>();

        NodeState(int node, Facts facts, int parent, int input) {
            this.node = node;
            this.facts = facts;
            this.parent = parent;
            this.input = input;
        }
    }

    private static final int NONE = -1;

    private final Bounds bounds;
    private final Fault fault;
    private final List<NodeState> states = new ArrayList<>();
    private final Map<String, Integer> stateNumbers = new HashMap<>();
    private final List<Message> messages = new ArrayList<>();
    private final Map<String, Integer> messageNumbers = new HashMap<>();

    NodeStates(Bounds bounds, Fault fault) {
        this.bounds = bounds;
        this.fault = fault;
    }

    int size() {
        return states.size();
    }

    Facts facts(int state) {
        return states.get(state).facts;
    }

    Message message(int number) {
        return messages.get(number);
    }

    int fresh(int node) {
        return number(new ModelNode(node, bounds, fault, StableStorage.EMPTY, true), node, NONE, 0);
    }

    Transition take(int state, int input) {
        return states.get(state).transitions.computeIfAbsent(input, i -> run(state, i));
    }

    private Transition run(int state, int input) {
        ModelNode node = rebuild(state);
        try {
            ModelNode.Output output = take(node, input);
            int[] sent = output.sent().stream().mapToInt(this::number).toArray();
            return new Transition(number(node, states.get(state).node, state, input), sent, output.reads(), null);
        } catch (RuntimeException e) {
            return new Transition(state, new int[0], List.of(), e);
        }
    }

    private ModelNode.Output take(ModelNode node, int input) {
        boolean received = Input.of(input) == Input.RECEIVE;
        return node.take(input, received ? messages.get(Input.argument(input)) : null);
    }

    /** From its start, or from its last crash, by the same inputs. */
    private ModelNode rebuild(int state) {
        ArrayDeque<Integer> inputs = new ArrayDeque<>();
        int at = state;
        while (states.get(at).parent != NONE && states.get(at).facts.up()) {
            inputs.push(states.get(at).input);
            at = states.get(at).parent;
        }
        NodeState first = states.get(at);
        StableStorage disk = first.parent == NONE ? StableStorage.EMPTY : first.facts.disk();
        ModelNode node = new ModelNode(first.node, bounds, fault, disk, first.facts.up());
        inputs.forEach(input -> take(node, input));
        return node;
    }

    private int number(ModelNode node, int id, int parent, int input) {
        Integer known = stateNumbers.putIfAbsent(node.describe(), states.size());
        if (known != null) {
            return known;
        }
        states.add(new NodeState(id, node.facts(), parent, input));
        return states.size() - 1;
    }

    private int number(Message message) {
        Integer known = messageNumbers.putIfAbsent(message.toString(), messages.size());
        if (known != null) {
            return known;
        }
        messages.add(message);
        return messages.size() - 1;
    }
}
