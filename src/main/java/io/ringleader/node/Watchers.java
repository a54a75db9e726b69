package io.ringleader.node;

import io.ringleader.loop.Clock;
import io.ringleader.memcached.Administration.Topic;
import io.ringleader.memcached.Operation;
import io.ringleader.memcached.Reply;
import io.ringleader.memcached.Request;
import io.ringleader.net.Connection;
import io.ringleader.store.ByteWriter;
import io.ringleader.store.Result;
import io.ringleader.store.ResultReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Who watches what happens, as with memcached's {@code watch}. While nobody does, it costs a comparison per command. A watcher
 * that does not read loses lines, which are counted, and never holds more than {@value #OUTPUT_MAX_BYTES} bytes. Owned by the
 * client loop.
 */
final class Watchers {
    /** As in memcached. */
    private static final int WATCHERS_MAX = 20;
    /** Unsent lines of one watcher; memcached has the same. */
    static final int OUTPUT_MAX_BYTES = 256 << 10;

    private static final class Watcher {
        final Connection connection;
        final Set<Topic> topics;
        long skipped;

        Watcher(Connection connection, Set<Topic> topics) {
            this.connection = connection;
            this.topics = topics;
        }
    }

    private final Clock clock;
    private Consumer<Boolean> raftWanted = wanted -> {};
    private boolean raft;

    private final List<Watcher> watchers = new ArrayList<>();
    private boolean fetchers;
    private boolean mutations;
    private long lastLine;
    private long linesSent;
    private long linesSkipped;

    Watchers(Clock clock) {
        this.clock = clock;
    }

    /** Whom to tell that the events of Raft are wanted, or not any more. */
    void onRaftWanted(Consumer<Boolean> listener) {
        raftWanted = listener;
    }

    boolean isFull() {
        return watchers.size() >= WATCHERS_MAX;
    }

    int count() {
        return watchers.size();
    }

    long linesSent() {
        return linesSent;
    }

    long linesSkipped() {
        return linesSkipped;
    }

    void add(Connection connection, Set<Topic> topics) {
        watchers.add(new Watcher(connection, topics));
        update();
    }

    void remove(Connection connection) {
        if (watchers.removeIf(watcher -> watcher.connection == connection)) {
            update();
        }
    }

    private void update() {
        fetchers = isWanted(Topic.FETCHERS);
        mutations = isWanted(Topic.MUTATIONS);
        if (raft != isWanted(Topic.RAFT)) {
            raft = !raft;
            raftWanted.accept(raft);
        }
    }

    private boolean isWanted(Topic topic) {
        return watchers.stream().anyMatch(watcher -> watcher.topics.contains(topic));
    }

    /** The reply to use for the request: its own or, if it is watched, one that tells the watchers as it is given. */
    Reply watched(Request request, int session) {
        boolean wanted = switch (request.op()) {
            case GET, GETS, GAT, GATS -> fetchers;
            case SET, ADD, REPLACE, APPEND, PREPEND, CAS -> mutations;
            default -> false;
        };
        return wanted ? new WatchedReply(this, request, session) : request.reply();
    }

    /** A line without its beginning, which says when, and without its end. */
    void tell(Topic topic, long wallMillis, String event) {
        lastLine++;
        String text = String.format(
                Locale.ROOT, "ts=%d.%06d gid=%d %s\n", wallMillis / 1000, wallMillis % 1000 * 1000, lastLine, event);
        byte[] line = text.getBytes(StandardCharsets.ISO_8859_1);
        for (Watcher watcher : watchers) {
            if (watcher.topics.contains(topic)) {
                tell(watcher, line);
            }
        }
    }

    private void tell(Watcher watcher, byte[] line) {
        if (watcher.connection.pendingOutputBytes() + line.length > OUTPUT_MAX_BYTES) {
            watcher.skipped++;
            linesSkipped++;
            return;
        }
        if (watcher.skipped > 0) {
            byte[] note = ("skipped=" + watcher.skipped + "\n").getBytes(StandardCharsets.US_ASCII);
            watcher.connection.write(note, 0, note.length);
            watcher.skipped = 0;
        }
        linesSent++;
        watcher.connection.write(line, 0, line.length);
    }

    /** Gives the answer that the request has, and tells the watchers what came of it. */
    private static final class WatchedReply implements Reply {
        private final Watchers watchers;
        private final Reply reply;
        private final byte[] key;
        private final int session;
        private final long exptime;
        private final int valueLength;

        WatchedReply(Watchers watchers, Request request, int session) {
            this.watchers = watchers;
            this.reply = request.reply();
            this.session = session;
            int from = request.keyOffset();
            key = Arrays.copyOfRange(request.buffer(), from, from + request.keyLength());
            exptime = request.exptime();
            valueLength = request.valueLength();
        }

        @Override
        public Operation operation() {
            return reply.operation();
        }

        @Override
        public boolean write(ResultReader result, ByteWriter out) {
            watchers.tell(
                    operation().isRetrieval() ? Topic.FETCHERS : Topic.MUTATIONS,
                    watchers.clock.wallMillis(),
                    operation().isRetrieval() ? get(result) : store(result));
            return reply.write(result, out);
        }

        private String get(ResultReader result) {
            boolean found = result.code() == Result.VALUE || result.code() == Result.ITEM;
            return "type=item_get key=" + keyText() + " status=" + (found ? "found" : "not_found") + " clsid="
                    + (found ? 1 : 0) + " cfd=" + session + " size=" + (found ? result.valueLength() : 0);
        }

        private String store(ResultReader result) {
            String status = switch (result.code()) {
                case Result.STORED, Result.ITEM -> "stored";
                case Result.EXISTS -> "exists";
                case Result.NOT_FOUND -> "not_found";
                case Result.TOO_LARGE -> "too_large";
                case Result.OUT_OF_MEMORY -> "no_memory";
                default -> "not_stored";
            };
            return "type=item_store key=" + keyText() + " status=" + status + " cmd="
                    + operation().name().toLowerCase(Locale.ROOT) + " ttl=" + Math.max(0, exptime) + " clsid=1 cfd="
                    + session + " size=" + valueLength;
        }

        private String keyText() {
            ByteWriter out = new ByteWriter();
            ItemLines.key(key, 0, key.length, out);
            return new String(out.array(), 0, out.length(), StandardCharsets.US_ASCII);
        }

        @Override
        public void writeFailure(String sentence, ByteWriter out) {
            reply.writeFailure(sentence, out);
        }

        @Override
        public void writeUncertain(String sentence, ByteWriter out) {
            reply.writeUncertain(sentence, out);
        }

        @Override
        public void writeRead(byte[] from, int keyOffset, int keyLength, ByteWriter commands) {
            reply.writeRead(from, keyOffset, keyLength, commands);
        }

        @Override
        public boolean isMeta() {
            return reply.isMeta();
        }

        @Override
        public boolean isPart() {
            return reply.isPart();
        }
    }
}
