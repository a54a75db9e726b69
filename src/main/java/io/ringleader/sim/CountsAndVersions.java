package io.ringleader.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Clients that write, count and read at random, and know what they may find. Each client alone writes its own keys, with rising
 * versions; all of them count together. An answer that does not come in time, or that contradicts what was acknowledged
 * before, fails the run at once.
 */
public final class CountsAndVersions implements Workload {
    private static final int COUNTERS = 3;
    private static final int CONNECT_MAX_MILLIS = 50;

    /**
     * How much the clients do.
     *
     * @param pipelineMax commands that a client has under way at most
     * @param pauseMaxMillis between two bursts of a client
     * @param answerMaxMillis a command is answered within this time
     */
    public record Strength(
            int clients,
            int keysPerClient,
            int pipelineMax,
            int pauseMaxMillis,
            int valueMaxBytes,
            long answerMaxMillis) {}

    /** What is known of the increments of one counter. */
    private static final class Counter {
        long acknowledged;
        long unknown;
        long underWay;
    }

    /** What is known of one key that one client writes. */
    private static final class Register {
        int version;
        int acknowledged;
        /** Versions whose writes may have been applied, or may be yet. */
        final List<Integer> possible = new ArrayList<>();

        boolean mayHold(int found) {
            return found == acknowledged || possible.contains(found);
        }
    }

    private record Outstanding(int client, long sentMillis, String command) {}

    private final SimCluster cluster;
    private final Random random;
    private final Strength strength;
    private final Counter[] counters = new Counter[COUNTERS];
    private final SortedMap<String, Register> registers = new TreeMap<>();
    private final TextClient[] clients;
    private final SortedMap<Long, Outstanding> outstanding = new TreeMap<>();
    /** When each client last had an answer. */
    private final long[] answeredMillis;

    private long nextCommand;
    private boolean stopped;
    private long acknowledged;

    /** Stores the counters: the cluster is whole and led. */
    public CountsAndVersions(SimCluster cluster, Strength strength) {
        this.cluster = cluster;
        this.strength = strength;
        this.random = cluster.world().random();
        clients = new TextClient[strength.clients()];
        answeredMillis = new long[strength.clients()];
        TextClient first = cluster.client(1);
        for (int i = 0; i < COUNTERS; i++) {
            counters[i] = new Counter();
            require(first.ask(TextClient.set("n" + i, 0, "0")).equals("STORED"), "The counters are not stored.");
        }
    }

    @Override
    public void start() {
        for (int client = 0; client < clients.length; client++) {
            reconnect(client);
        }
    }

    @Override
    public void stop() {
        stopped = true;
    }

    @Override
    public boolean isAnswered() {
        return outstanding.isEmpty();
    }

    @Override
    public String outstanding() {
        return outstanding.values().toString();
    }

    @Override
    public long acknowledged() {
        return acknowledged;
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            throw cluster.failure(otherwise, null);
        }
    }

    private void reconnect(int client) {
        clients[client] = cluster.client(1 + random.nextInt(cluster.nodes().size()));
        cluster.world().after(1 + random.nextInt(CONNECT_MAX_MILLIS), () -> sendSome(client));
    }

    private void sendSome(int client) {
        if (stopped) {
            return;
        }
        if (clients[client].isClosed()) {
            reconnect(client);
            return;
        }
        int free = strength.pipelineMax() - clients[client].waiting();
        for (int i = random.nextInt(free + 1); i > 0; i--) {
            sendOne(client);
        }
        cluster.world().after(random.nextInt(strength.pauseMaxMillis()), () -> sendSome(client));
    }

    private void sendOne(int client) {
        switch (random.nextInt(6)) {
            case 0, 1 -> increment(client, random.nextInt(COUNTERS));
            case 2, 3 -> write(client, "c" + client + "." + random.nextInt(strength.keysPerClient()));
            case 4 -> readCounter(client, random.nextInt(COUNTERS));
            default -> readRegister(client, "c" + client + "." + random.nextInt(strength.keysPerClient()));
        }
    }

    /** Sends the command and sees to it that it is answered in time. */
    private void send(int client, String command, Consumer<String> answered) {
        long number = nextCommand++;
        outstanding.put(number, new Outstanding(client, cluster.nowMillis(), command));
        clients[client].send(command, answer -> {
            requireInTime(outstanding.remove(number));
            answeredMillis[client] = cluster.nowMillis();
            if (!answer.startsWith("SERVER_ERROR") && !answer.equals(TextClient.LOST)) {
                acknowledged++;
            }
            answered.accept(answer);
        });
    }

    /**
     * A read behind a write on the same connection is begun when the write is answered, and the other way round: so the time of
     * a command counts from the answer before it.
     */
    private void requireInTime(Outstanding command) {
        long begunMillis = Math.max(command.sentMillis(), answeredMillis[command.client()]);
        if (cluster.nowMillis() - begunMillis > strength.answerMaxMillis()) {
            throw cluster.failure("There is no answer in time to " + command, null);
        }
    }

    /** Whether the answer says that the command was not carried out; fails if it is no error at all. */
    private boolean isUndone(String answer) {
        require(
                answer.equals(TextClient.LOST)
                        || answer.startsWith("SERVER_ERROR not ")
                        || answer.startsWith("SERVER_ERROR outcome unknown, "),
                "An answer is of no known kind: " + answer + ".");
        return answer.startsWith("SERVER_ERROR not ");
    }

    private void increment(int client, int number) {
        Counter counter = counters[number];
        counter.underWay++;
        send(client, "incr n" + number + " 1", answer -> {
            counter.underWay--;
            if (Character.isDigit(answer.charAt(0))) {
                counter.acknowledged++;
            } else if (!isUndone(answer)) {
                counter.unknown++;
            }
        });
    }

    private void write(int client, String key) {
        Register register = registers.computeIfAbsent(key, any -> new Register());
        int version = ++register.version;
        register.possible.add(version);
        send(
                client,
                TextClient.set(
                        key, 0, Integer.toString(version) + "x".repeat(random.nextInt(strength.valueMaxBytes()))),
                answer -> {
                    if (answer.equals("STORED")) {
                        register.possible.remove((Integer) version);
                        // Those sent before on the same connection took effect before, if at all.
                        register.acknowledged = version;
                    } else if (isUndone(answer)) {
                        register.possible.remove((Integer) version);
                    }
                });
    }

    private void readCounter(int client, int number) {
        Counter counter = counters[number];
        long least = counter.acknowledged;
        send(client, "get n" + number, answer -> {
            if (answer.startsWith("VALUE ")) {
                requireCount(number, least, Long.parseLong(valueOf(answer).trim()));
            } else {
                require(!answer.equals("END"), "The counter n" + number + " is gone.");
                isUndone(answer);
            }
        });
    }

    private void requireCount(int number, long least, long found) {
        Counter counter = counters[number];
        long most = counter.acknowledged + counter.unknown + counter.underWay;
        require(
                found >= least && found <= most,
                "The counter n" + number + " is " + found + ", not between " + least + " and " + most + ".");
    }

    private void readRegister(int client, String key) {
        Register register = registers.computeIfAbsent(key, any -> new Register());
        int acknowledged = register.acknowledged;
        send(client, "get " + key, answer -> {
            if (answer.startsWith("VALUE ") || answer.equals("END")) {
                int found = answer.equals("END") ? 0 : versionOf(valueOf(answer));
                // Also what was acknowledged while the read was under way may be found.
                boolean inBetween = found >= acknowledged && found <= register.acknowledged;
                require(
                        inBetween || register.mayHold(found),
                        key + " has version " + found + ", but " + register.acknowledged + " is acknowledged and "
                                + register.possible + " may be.");
            } else {
                isUndone(answer);
            }
        });
    }

    private static String valueOf(String answer) {
        return answer.substring(answer.indexOf("\r\n") + 2, answer.length() - "\r\nEND".length());
    }

    private static int versionOf(String value) {
        int end = value.indexOf('x');
        return Integer.parseInt(end < 0 ? value : value.substring(0, end));
    }

    /** All nodes are up and nothing is under way: reads everything at every node. */
    @Override
    public void verify() {
        for (int node : cluster.nodes()) {
            TextClient client = cluster.client(node);
            for (int i = 0; i < COUNTERS; i++) {
                String value = client.value("n" + i);
                require(value != null, "The counter n" + i + " is gone.");
                requireCount(i, counters[i].acknowledged, Long.parseLong(value.trim()));
            }
            for (Map.Entry<String, Register> each : registers.entrySet()) {
                String value = client.value(each.getKey());
                int found = value == null ? 0 : versionOf(value);
                Register register = each.getValue();
                require(
                        register.mayHold(found),
                        each.getKey() + " has version " + found + " at last, but " + register.acknowledged
                                + " is acknowledged and " + register.possible + " may be.");
            }
            client.close();
        }
    }
}
