package io.ringleader.raft;

import io.ringleader.raft.Message.AppendReply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The commands of the scripts, a method each. {@code N}, {@code A} and {@code B} are node ids.
 *
 * <pre>
 * nodes COUNT [new] [entry-per-append] [window COUNT] [chunk BYTES] [retain BYTES]   make a cluster; nothing is started. New:
 *                                        with empty disks; else the nodes have taken part before
 * disk-of N term T [vote V] [snapshot TERMS...] [log TERMS...]   put this on the disk of a node before it starts
 * start N... | crash N | restart N       a crash loses what is not durable
 * wipe N | bring-back N                  a node that is not up gets an empty disk, or the one it had before that
 * timeout N | heartbeat N | tick N       the clock moves to the node's election timeout or next heartbeat, and it alone notices
 * time MILLIS | pass MILLIS              the clock moves and nobody notices; or all tick often and every message arrives
 * deliver [A B [TYPE]] | drop [A B [TYPE]] | duplicate A B [TYPE]     what is in flight (from A to B, of a type); 0 is anybody
 * stabilize                              deliver until nothing is in flight
 * propose N TEXT | read N | transfer N TARGET | snapshot N | reconnect A B
 * disk N manual | disk N COUNT | disk N all | disk N auto    writes wait for the test; so many reach the disk
 * isolate N | cut A B | heal             cut loses both directions, and what is in flight
 * log [N...] | status [N...] | progress N | in-flight       show
 * quiet COMMAND                          do not show the trace of this one
 * </pre>
 */
final class ScriptCommands {
    private final Trace trace = new Trace();
    private final Map<String, Consumer<List<String>>> commands = new TreeMap<>();
    private final Map<Integer, TestDisk> lostDisks = new TreeMap<>();
    private TestCluster cluster;

    ScriptCommands() {
        commands.put("nodes", this::nodes);
        commands.put("disk-of", this::diskOf);
        commands.put("start", words -> ids(words).forEach(id -> cluster.start(id)));
        commands.put("restart", words -> cluster.start(id(words, 0)));
        commands.put("crash", words -> cluster.crash(id(words, 0)));
        commands.put("wipe", words -> lostDisks.put(id(words, 0), cluster.wipe(id(words, 0))));
        commands.put("bring-back", words -> cluster.bringBack(id(words, 0), lostDisks.get(id(words, 0))));
        commands.put("timeout", words -> cluster.timeout(id(words, 0)));
        commands.put("heartbeat", words -> cluster.heartbeat(id(words, 0)));
        commands.put("tick", words -> cluster.tick(id(words, 0)));
        commands.put("time", words -> cluster.advance(Long.parseLong(words.get(0)) * Settings.MILLI));
        commands.put("pass", this::pass);
        commands.put("deliver", words -> cluster.deliverOnce(which(words)));
        commands.put("drop", words -> cluster.network.inFlight().removeIf(which(words)));
        commands.put("duplicate", this::duplicate);
        commands.put("stabilize", words -> cluster.settle());
        commands.put("propose", this::propose);
        commands.put("read", words -> cluster.read(id(words, 0)));
        commands.put("transfer", this::transfer);
        commands.put("snapshot", words -> cluster.snapshot(id(words, 0)));
        commands.put("reconnect", words -> cluster.reconnect(id(words, 0), id(words, 1)));
        commands.put("disk", this::disk);
        commands.put("isolate", words -> cluster.isolate(id(words, 0)));
        commands.put("cut", this::cut);
        commands.put("heal", words -> cluster.network.healAll());
        commands.put("log", this::log);
        commands.put("status", this::status);
        commands.put("progress", this::progress);
        commands.put("in-flight", this::inFlight);
        commands.put("quiet", this::quiet);
    }

    /** Runs the commands of one block and returns what they left. */
    List<String> run(List<String> lines) {
        for (String line : lines) {
            run(line);
        }
        return trace.take();
    }

    private void run(String line) {
        List<String> words = Arrays.asList(line.strip().split(" +"));
        Consumer<List<String>> command = commands.get(words.get(0));
        if (command == null) {
            throw new IllegalArgumentException("Unknown command '" + line + "'; known are " + commands.keySet() + ".");
        }
        command.accept(words.subList(1, words.size()));
    }

    private void nodes(List<String> words) {
        Settings settings = Settings.DEFAULT;
        if (words.contains("entry-per-append")) {
            settings = settings.withOneEntryPerAppend();
        }
        if (words.contains("window")) {
            settings = settings.withLimits(1, (int) number(words, "window"), 1 << 20);
        }
        if (words.contains("chunk")) {
            settings = new Settings(settings.config(), settings.seed(), (int) number(words, "chunk"));
        }
        if (words.contains("retain")) {
            settings = settings.withRetainBytes(number(words, "retain"));
        }
        cluster = new TestCluster(id(words, 0), settings);
        if (words.contains("new")) {
            cluster.nodes().forEach(node -> cluster.wipe(node.id));
        }
        cluster.watch(trace);
    }

    private void diskOf(List<String> words) {
        int vote = words.contains("vote") ? (int) number(words, "vote") : HardState.NOBODY;
        List<Entry> file = TestNode.entries(1, numbersAfter(words, "snapshot"));
        cluster.node(id(words, 0)).onDisk(new HardState(number(words, "term"), vote), file, numbersAfter(words, "log"));
    }

    private void pass(List<String> words) {
        for (long millis = Long.parseLong(words.get(0)); millis > 0; millis -= 50) {
            cluster.tickAll(50 * Settings.MILLI);
            cluster.settle();
        }
    }

    private void duplicate(List<String> words) {
        List<Message> again =
                cluster.network.inFlight().stream().filter(which(words)).toList();
        again.forEach(cluster.network::send);
    }

    private void propose(List<String> words) {
        Raft.Proposed proposed = cluster.propose(id(words, 0), words.get(1));
        if (proposed != Raft.Proposed.ACCEPTED) {
            trace.add(words.get(0) + " does not accept the proposal: " + proposed);
        }
    }

    private void transfer(List<String> words) {
        if (!cluster.transfer(id(words, 0), id(words, 1))) {
            trace.add(words.get(0) + " cannot hand over");
        }
    }

    private void disk(List<String> words) {
        TestNode node = cluster.node(id(words, 0));
        switch (words.get(1)) {
            case "manual" -> node.diskIsAutomatic(false);
            case "auto" -> {
                node.diskIsAutomatic(true);
                cluster.completeDisk(node.id, Integer.MAX_VALUE);
            }
            case "all" -> cluster.completeDisk(node.id, Integer.MAX_VALUE);
            default -> cluster.completeDisk(node.id, Integer.parseInt(words.get(1)));
        }
    }

    private void cut(List<String> words) {
        cluster.network.cut(id(words, 0), id(words, 1));
        cluster.network.cut(id(words, 1), id(words, 0));
    }

    private void log(List<String> words) {
        for (int id : ids(words)) {
            RaftLog log = cluster.node(id).state().log;
            List<Entry> entries =
                    log.lastIndex() < log.firstIndex() ? List.of() : log.between(log.firstIndex(), log.lastIndex());
            trace.add(id + " log " + (log.base().index() > 0 ? "after " + log.base() + " " : "")
                    + MessageText.entries(entries));
        }
    }

    private void status(List<String> words) {
        for (int id : ids(words)) {
            Raft raft = cluster.node(id).raft();
            trace.add(id + " " + raft.role() + " term " + raft.term() + " vote "
                    + cluster.node(id).state().votedFor() + " leader " + raft.leader() + " commit "
                    + raft.commitIndex() + " last " + raft.lastIndex() + " applied "
                    + cluster.node(id).appliedIndex());
        }
    }

    private void progress(List<String> words) {
        for (Progress voter : cluster.node(id(words, 0)).state().progress.values()) {
            trace.add(words.get(0) + " knows of " + voter.node + ": " + voter.state() + " match " + voter.matchIndex()
                    + " next " + voter.nextIndex());
        }
    }

    private void inFlight(List<String> words) {
        cluster.network.inFlight().forEach(message -> trace.add("  " + MessageText.of(message)));
    }

    private void quiet(List<String> words) {
        List<String> before = trace.take();
        run(String.join(" ", words));
        trace.take();
        before.forEach(trace::add);
    }

    // ---- words

    private List<Integer> ids(List<String> words) {
        return words.isEmpty()
                ? cluster.up().stream().map(node -> node.id).toList()
                : words.stream().map(Integer::valueOf).toList();
    }

    private static int id(List<String> words, int position) {
        return Integer.parseInt(words.get(position));
    }

    private static long number(List<String> words, String name) {
        return Long.parseLong(words.get(words.indexOf(name) + 1));
    }

    private static long[] numbersAfter(List<String> words, String name) {
        List<Long> numbers = new ArrayList<>();
        if (words.contains(name)) {
            for (String word : words.subList(words.indexOf(name) + 1, words.size())) {
                if (!word.chars().allMatch(Character::isDigit)) {
                    break;
                }
                numbers.add(Long.valueOf(word));
            }
        }
        return numbers.stream().mapToLong(Long::longValue).toArray();
    }

    /** {@code [FROM TO [TYPE]]}; 0 is anybody, and {@code Refusal} and {@code Success} are the two kinds of AppendReply. */
    private static Predicate<Message> which(List<String> words) {
        int from = words.isEmpty() ? 0 : id(words, 0);
        int to = words.isEmpty() ? 0 : id(words, 1);
        String type = words.size() < 3 ? "" : words.get(2);
        return message ->
                (from == 0 || message.from() == from) && (to == 0 || message.to() == to) && isOfType(message, type);
    }

    private static boolean isOfType(Message message, String type) {
        return switch (type) {
            case "" -> true;
            case "Refusal" -> message instanceof AppendReply reply && !reply.success();
            case "Success" -> message instanceof AppendReply reply && reply.success();
            default -> message.getClass().getSimpleName().equals(type);
        };
    }
}
