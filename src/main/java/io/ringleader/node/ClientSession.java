package io.ringleader.node;

import io.ringleader.memcached.Administration;
import io.ringleader.memcached.Limits;
import io.ringleader.memcached.Protocol;
import io.ringleader.memcached.Replies;
import io.ringleader.memcached.Request;
import io.ringleader.memcached.RequestHandler;
import io.ringleader.memcached.StatsWriter;
import io.ringleader.memcached.VersionWriter;
import io.ringleader.net.Connection;
import io.ringleader.net.ConnectionHandler;
import io.ringleader.store.ByteWriter;
import io.ringleader.store.Facts;
import io.ringleader.store.Hints;
import io.ringleader.store.Result;
import io.ringleader.store.ResultReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client connection: requests go to the {@link Router} in the order they come, answers go back in the same order. Owned by
 * the client loop.
 *
 * <p>A pipeline runs in phases: a read is passed on only when no write of this connection is without its answer, and the other
 * way round, so that a client reads its own writes and a write never takes effect before a read that was sent before it.
 * Within a phase the partitions work side by side, each in the order sent.
 *
 * <p>What cannot be passed on now stays in the input buffer, and reading stops: a client that sends faster than it is served, or
 * does not read its answers, is held back by TCP.
 */
final class ClientSession implements ConnectionHandler, RequestHandler {
    private static final Logger log = LoggerFactory.getLogger(ClientSession.class);

    /** What all sessions of the client loop share. {@code answersMaxBytes}: unsent answers at which a session stops reading. */
    record Shared(
            Router router,
            Limits limits,
            ClientStats stats,
            Information information,
            int pipelineMaxCommands,
            long answersMaxBytes,
            ByteWriter scratch,
            ResultReader result,
            ClientServices services) {}

    /** Answers {@code stats} and {@code version}. The consumer is called on the client loop, at once or later. */
    interface Information {
        void stats(String argument, StatsWriter writer, Consumer<byte[]> answer);

        String version();
    }

    private static final byte[] SHUTDOWN_REFUSED = line("SERVER_ERROR: shutdown not enabled");
    private static final byte[] TOO_MANY_WATCHERS = line("WATCHER_TOO_MANY log watcher limit reached");
    private static final int DRAIN_BYTES = 64 << 10;
    /** More than a command or a result holds besides its key and value. */
    private static final long COMMAND_OVERHEAD_BYTES = 64;

    private final Shared shared;
    private final Router router;
    /** Null until the first byte has come. */
    private Protocol protocol;

    private final ReplyQueue replies = new ReplyQueue();
    private final PostponedReads postponed;
    private Connection connection;
    private boolean open;
    private boolean closing;
    private boolean inputEnded;
    /** The node stops: the connection is closed as soon as all that was read from it is answered. */
    private boolean ending;

    /** What was seen by the reads that have been sent on as writes, by their slots. */
    private final Map<Long, Hints> readsThroughLog = new HashMap<>();

    private int readsOut;
    private int writesOut;
    /** What did not fit, null if nothing waits. */
    private Kind stalledKind;

    private int stalledCommands;

    private final ClientServices services;
    private final int number;
    private final LoginPauses pauses = new LoginPauses();
    private final KeyListing listing;
    /** Begins when all that was asked before is answered; null if there is none, or if it has begun. */
    private Administration.Watch plannedWatch;

    private boolean watching;
    private long lastCommandNanos;

    ClientSession(Shared shared) {
        this.shared = shared;
        this.router = shared.router();
        this.postponed = new PostponedReads(shared.answersMaxBytes());
        services = shared.services();
        number = services.nextSession();
        listing = new KeyListing(services, replies, this::settle);
    }

    private static byte[] line(String text) {
        return (text + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    // ---- the connection

    @Override
    public void onOpen(Connection opened) {
        connection = opened;
        open = true;
        lastCommandNanos = services.clock().monotonicNanos();
        services.sessions().add(this);
    }

    @Override
    public int onBytes(ByteBuffer in) {
        stalledKind = null;
        lastCommandNanos = services.clock().monotonicNanos();
        int needed = consume(in);
        drain();
        if (stalledKind != null && open && !closing) {
            connection.setReading(false);
            // Answers that were known at once may have made room already.
            resume();
            return 0;
        }
        return needed;
    }

    /** The first byte of a connection says which protocol it speaks. */
    private int consume(ByteBuffer in) {
        if (protocol == null && in.hasRemaining()) {
            protocol = Protocol.of(in.get(in.position()), shared.limits(), services.credentials());
        }
        return protocol == null ? 0 : protocol.consume(in, this);
    }

    /** A client that has sent all it will may still wait for its answers. */
    @Override
    public boolean onInputEnded() {
        inputEnded = true;
        drain();
        return true;
    }

    @Override
    public void onOutputDrained() {
        drain();
        resume();
    }

    @Override
    public void onClosed(String reason) {
        open = false;
        router.room.forget(this);
        services.sessions().remove(this);
        services.watchers().remove(connection);
        listing.end();
        log.debug("Client connection closed: {}", reason);
    }

    /** Reads on if what was waiting can go now. */
    void resume() {
        if (open && !closing && stalledKind != null && canBegin(stalledKind, stalledCommands)) {
            stalledKind = null;
            connection.setReading(true);
        }
    }

    /** Bytes of results it holds, besides what its connection holds. */
    long heldBytes() {
        return replies.heldBytes();
    }

    // ---- requests

    @Override
    public boolean begin(Kind kind, int commands) {
        if (open && !closing && canBegin(kind, commands)) {
            return true;
        }
        stalledKind = kind;
        stalledCommands = commands;
        return false;
    }

    private boolean canBegin(Kind kind, int commands) {
        boolean inPhase = switch (kind) {
            case READ -> writesOut == 0;
            case WRITE -> readsOut == 0;
            case LOCAL -> true;
        };
        boolean roomForReplies = replies.size() == 0 || replies.size() + commands <= shared.pipelineMaxCommands();
        return inPhase
                && roomForReplies
                && !pauses.isPaused()
                && !listing.isActive()
                && connection.pendingOutputBytes() + replies.heldBytes() < shared.answersMaxBytes()
                && (kind == Kind.LOCAL || router.room.admits(this));
    }

    @Override
    public void command(Request request) {
        if (request.isForAllKeys()) {
            flushAll(request);
            return;
        }
        boolean write = request.isWrite();
        int partition = router.partitionOf(request.keyBuffer(), request.keyOffset(), request.keyLength());
        if (router.isBehind(partition, write)) {
            refuse(request, write, partition);
            return;
        }
        // The session remembers the results of its last batch, and they travel in one frame. A value may be as large as
        // any.
        long resultBytes = write && request.isRetrieval()
                ? request.keyLength() + shared.limits().itemMaxBytes() + COMMAND_OVERHEAD_BYTES
                : 0;
        long commandBytes = request.keyLength() + request.valueLength() + COMMAND_OVERHEAD_BYTES;
        Lane lane = router.lane(partition, write, commandBytes, resultBytes);
        request.encode(lane.commands());
        long slot = replies.add(services.watchers().watched(request, number), 1);
        count(write, 1);
        router.added(lane, this, slot, resultBytes);
    }

    private void refuse(Request request, boolean write, int partition) {
        shared.stats().onFailure();
        long slot = replies.add(services.watchers().watched(request, number), 1);
        String outcome = write ? "not applied" : "not read";
        replies.fail(slot, outcome + ": busy, partition " + partition + " is behind with what was asked before", false);
    }

    private void flushAll(Request request) {
        int partitions = router.partitions();
        long slot = replies.add(request.reply(), partitions);
        count(true, partitions);
        for (int partition = 0; partition < partitions; partition++) {
            Lane lane = router.lane(partition, true, COMMAND_OVERHEAD_BYTES, 0);
            request.encode(lane.commands());
            router.added(lane, this, slot, 0);
        }
    }

    @Override
    public void endOfKeys() {
        replies.addEndOfKeys();
    }

    @Override
    public void login(boolean accepted, byte[] answer) {
        shared.stats().onLogin(accepted);
        if (accepted) {
            replies.addLine(answer);
            return;
        }
        // A guess costs time, and the client waits for it in silence.
        long slot = replies.addPendingLine();
        stalledKind = Kind.LOCAL;
        stalledCommands = 1;
        services.loop().schedule(pauses.begin(), () -> {
            pauses.end();
            replies.line(slot, answer);
            stalledKind = null;
            if (open) {
                connection.setReading(true);
                drain();
            }
        });
    }

    @Override
    public void stats(String argument, StatsWriter writer) {
        long slot = replies.addPendingLine();
        shared.information().stats(argument, writer, answer -> {
            replies.line(slot, answer);
            settle();
        });
    }

    @Override
    public void version(VersionWriter writer) {
        ByteWriter out = new ByteWriter();
        writer.write(shared.information().version(), out);
        replies.addLine(out.toByteArray());
    }

    @Override
    public void administer(Administration administration) {
        if (administration instanceof Administration.ListKeys) {
            listing.begin(connection);
        } else if (administration instanceof Administration.Watch watch) {
            plannedWatch = watch;
        } else if (administration instanceof Administration.Shutdown) {
            shutdown();
        } else {
            throw new IllegalArgumentException(administration + " is answered without this session.");
        }
    }

    private void shutdown() {
        if (services.shutdown().isEmpty()) {
            replies.addLine(SHUTDOWN_REFUSED);
            return;
        }
        log.info("Shutting down, as {} asked for.", connection.remoteAddress());
        closing = true;
        services.shutdown().get().run();
    }

    @Override
    public void quit() {
        closing = true;
    }

    @Override
    public void answer(byte[] bytes) {
        replies.addLine(bytes);
    }

    @Override
    public void close(String reason) {
        closing = true;
        log.info("Closing the connection of {}: {}", connection.remoteAddress(), reason);
    }

    // ---- results

    /**
     * From the router: the result of one command lies at [offset, end). A read that came upon an item whose renewal is to be
     * given to one client goes on as a write, but stays a read of this connection's phase: those behind it need not know.
     */
    void onResult(boolean write, long slot, byte[] results, int offset, int end) {
        if (open && !write && isPostponed(slot, results, offset, end)) {
            return;
        }
        if (open && !write && results[offset] == Result.NEEDS_LOG) {
            askThroughLog(slot, results, offset, end);
            return;
        }
        Hints seen = readsThroughLog.get(slot);
        countAnswer(write, slot);
        if (open && seen == null) {
            replies.result(slot, results, offset, end);
            settle();
        } else if (open) {
            byte[] result = seen.putInto(results, offset, end);
            replies.result(slot, result, 0, result.length);
            settle();
        }
    }

    /** Whether there is no room for the result now: it is forgotten, and will be asked for again. */
    private boolean isPostponed(long slot, byte[] results, int offset, int end) {
        int resultBytes = end - offset;
        if (postponed.isIdle(replies.heldBytes(), resultBytes) || postponed.arrived(slot) || replies.isFront(slot)) {
            return false;
        }
        ResultReader result = shared.result().reset(results, offset, resultBytes);
        result.next();
        if (result.code() != Result.VALUE && !result.has(Facts.VALUE)) {
            return false;
        }
        int partition = router.partitionOf(results, result.keyOffset(), result.keyLength());
        if (!postponed.mustWait(slot, partition, replies.heldBytes(), resultBytes)) {
            return false;
        }
        postponed.postpone(slot, partition, results, result.keyOffset(), result.keyLength(), resultBytes);
        return true;
    }

    private void askThroughLog(long slot, byte[] results, int offset, int end) {
        postponed.arrived(slot);
        ResultReader result = shared.result().reset(results, offset, end - offset);
        result.next();
        int partition = router.partitionOf(results, result.keyOffset(), result.keyLength());
        long resultBytes = result.keyLength() + shared.limits().itemMaxBytes() + COMMAND_OVERHEAD_BYTES;
        Lane lane = router.lane(partition, true, result.keyLength() + COMMAND_OVERHEAD_BYTES, resultBytes);
        replies.reply(slot).writeRead(results, result.keyOffset(), result.keyLength(), lane.commands());
        readsThroughLog.put(slot, Hints.of(result));
        router.added(lane, this, slot, resultBytes);
    }

    private void countAnswer(boolean write, long slot) {
        boolean read = !write || readsThroughLog.remove(slot) != null;
        count(!read, -1);
    }

    private void repeatPostponed() {
        PostponedReads.Read read = postponed.next(replies.heldBytes(), replies.frontSlot());
        while (read != null) {
            byte[] key = read.key();
            Lane lane = router.lane(read.partition(), false, key.length + COMMAND_OVERHEAD_BYTES, 0);
            replies.reply(read.slot()).writeRead(key, 0, key.length, lane.commands());
            router.added(lane, this, read.slot(), 0);
            read = postponed.next(replies.heldBytes(), replies.frontSlot());
        }
    }

    /** From the router: the command could not be done, for this reason; or, if uncertain, nobody knows whether it was. */
    void onFailure(boolean write, long slot, String reason, boolean uncertain) {
        postponed.arrived(slot);
        countAnswer(write, slot);
        shared.stats().onFailure();
        if (open) {
            replies.fail(slot, reason, uncertain);
            settle();
        }
    }

    private void count(boolean write, int change) {
        if (write) {
            writesOut += change;
        } else {
            readsOut += change;
        }
    }

    private void settle() {
        drain();
        resume();
    }

    private void drain() {
        ByteWriter scratch = shared.scratch();
        while (open && replies.isFrontReady() && connection.pendingOutputBytes() < shared.answersMaxBytes()) {
            scratch.clear();
            replies.drain(scratch, DRAIN_BYTES, shared.stats());
            connection.write(scratch.array(), 0, scratch.length());
        }
        if (open) {
            repeatPostponed();
        }
        if (open && plannedWatch != null && replies.size() == 0) {
            beginWatch();
        }
        if (open) {
            listing.goOn();
        }
        boolean saidAll = closing || ((inputEnded || ending) && stalledKind == null);
        if (open && saidAll && replies.size() == 0) {
            connection.closeAfterOutput();
        }
    }

    private void beginWatch() {
        byte[] answer = Replies.OK;
        if (services.watchers().isFull()) {
            answer = TOO_MANY_WATCHERS;
            closing = true;
        } else {
            services.watchers().add(connection, plannedWatch.topics());
            watching = true;
        }
        plannedWatch = null;
        connection.write(answer, 0, answer.length);
    }

    /** The node stops. @param atOnce take no more commands; else only once none is unanswered */
    void end(boolean atOnce) {
        ending = true;
        closing |= atOnce;
        drain();
    }

    // ---- for stats

    int number() {
        return number;
    }

    String remoteAddress() {
        return connection.remoteAddress();
    }

    boolean isWatching() {
        return watching;
    }

    /** When bytes came last. */
    long lastCommandNanos() {
        return lastCommandNanos;
    }
}
