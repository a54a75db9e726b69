package io.ringleader.storage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Writes a random history to a log and remembers, in the plainest way, what each prefix of it means. After a crash the log has
 * to be at one of the prefixes, and not at one before the last sync that returned.
 */
final class LogHistory {
    private static final int GROUPS = 4;

    private final Random random;
    /** The state after each call that buffered something; the first is what was there at the start. */
    private List<Map<Integer, RecoveredGroup>> states = new ArrayList<>(List.of(Map.of()));
    /** Which of the states the last sync that returned made durable. */
    private int acknowledged;

    LogHistory(long seed) {
        random = new Random(seed);
    }

    /** The log was opened and this is what it had: from now on it may not be less. */
    void restartFrom(Map<Integer, RecoveredGroup> recovered) {
        states = new ArrayList<>(List.of(new TreeMap<>(recovered)));
        acknowledged = 0;
    }

    Map<Integer, RecoveredGroup> latest() {
        return states.get(states.size() - 1);
    }

    int acknowledged() {
        return acknowledged;
    }

    /** All states that recovery may find now. */
    List<Map<Integer, RecoveredGroup>> possible() {
        return possibleFrom(acknowledged);
    }

    List<Map<Integer, RecoveredGroup>> possibleFrom(int first) {
        return states.subList(first, states.size());
    }

    /** One random call. */
    void step(WriteAheadLog log) throws IOException {
        int group = random.nextInt(GROUPS);
        switch (random.nextInt(13)) {
            case 0, 1, 2 -> sync(log);
            case 3 -> hardState(log, group);
            case 4 -> mark(log, group);
            case 5 -> overwrite(log, group);
            case 6 -> log.deleteObsoleteSegments();
            case 7 -> replica(log, group);
            case 8 -> log.prepareSpare(1 + random.nextInt(5000));
            default -> append(log, group);
        }
    }

    void sync(WriteAheadLog log) throws IOException {
        log.sync();
        acknowledged = states.size() - 1;
    }

    private void hardState(WriteAheadLog log, int group) {
        RecoveredGroup now = group(group);
        long term = now.term() + random.nextInt(3);
        int vote = random.nextInt(4);
        log.hardState(group, term, vote);
        became(new RecoveredGroup(
                group, term, vote, now.snapshotIndex(), now.snapshotTerm(), now.entries(), now.replicas()));
    }

    private void replica(WriteAheadLog log, int group) {
        RecoveredGroup now = group(group);
        int node = 1 + random.nextInt(3);
        // without zeros at the end, so that the end of the data in a file can be seen
        ReplicaRecord replica = new ReplicaRecord(node, 1 + random.nextInt(5), random.nextLong(), true);
        log.replica(group, replica);
        Map<Integer, ReplicaRecord> replicas = new TreeMap<>(Map.of(node, replica));
        now.replicas().forEach(other -> replicas.putIfAbsent(other.node(), other));
        became(new RecoveredGroup(
                group,
                now.term(),
                now.votedFor(),
                now.snapshotIndex(),
                now.snapshotTerm(),
                now.entries(),
                List.copyOf(replicas.values())));
    }

    void append(WriteAheadLog log, int group) {
        entry(log, group, group(group).lastIndex() + 1);
    }

    private void overwrite(WriteAheadLog log, int group) {
        RecoveredGroup now = group(group);
        entry(log, group, now.snapshotIndex() + 1 + random.nextInt(now.entries().size() + 1));
    }

    private void entry(WriteAheadLog log, int group, long index) {
        RecoveredGroup now = group(group);
        // without zeros, so that the end of the data in a file can be seen
        byte[] payload = new byte[random.nextInt(20) == 0 ? random.nextInt(3000) : random.nextInt(100)];
        for (int i = 0; i < payload.length; i++) {
            payload[i] = (byte) (1 + random.nextInt(255));
        }
        RecoveredEntry entry = new RecoveredEntry(index, 1 + random.nextInt(3), (byte) random.nextInt(256), payload);
        log.entry(group, index, entry.term(), entry.type(), payload);
        List<RecoveredEntry> entries =
                new ArrayList<>(now.entries().subList(0, (int) (index - now.snapshotIndex() - 1)));
        entries.add(entry);
        became(new RecoveredGroup(
                group, now.term(), now.votedFor(), now.snapshotIndex(), now.snapshotTerm(), entries, now.replicas()));
    }

    private void mark(WriteAheadLog log, int group) {
        RecoveredGroup now = group(group);
        List<RecoveredEntry> rest = new ArrayList<>();
        long index;
        long term;
        if (!now.entries().isEmpty() && random.nextInt(4) > 0) {
            int position = random.nextInt(now.entries().size());
            RecoveredEntry at = now.entries().get(position);
            index = at.index();
            term = random.nextInt(4) > 0 ? at.term() : at.term() + 1;
            if (term == at.term()) {
                rest.addAll(now.entries().subList(position + 1, now.entries().size()));
            }
        } else {
            index = now.lastIndex() + 1 + random.nextInt(3);
            term = 1 + random.nextInt(3);
        }
        log.snapshotMark(group, index, term);
        became(new RecoveredGroup(group, now.term(), now.votedFor(), index, term, rest, now.replicas()));
    }

    private RecoveredGroup group(int group) {
        return latest().getOrDefault(group, new RecoveredGroup(group, 0, 0, 0, 0, List.of(), List.of()));
    }

    private void became(RecoveredGroup group) {
        Map<Integer, RecoveredGroup> next = new HashMap<>(latest());
        next.put(group.group(), group);
        states.add(new TreeMap<>(next));
    }
}
