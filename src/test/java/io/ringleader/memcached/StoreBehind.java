package io.ringleader.memcached;

import io.ringleader.store.ByteWriter;
import io.ringleader.store.CommandBatch;
import io.ringleader.store.Hints;
import io.ringleader.store.PartitionStore;
import io.ringleader.store.Result;
import io.ringleader.store.ResultReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A client of one store, without a network and a log between them. */
final class StoreBehind implements RequestHandler {
    private static final int ITEM_MAX_BYTES = 1000;

    private final PartitionStore store = new PartitionStore(1);
    private final TextProtocol protocol = new TextProtocol(TextProtocolTest.LIMITS);
    private final ByteWriter out = new ByteWriter();
    private long partitionMaxBytes = 1 << 20;
    private long nowMillis = 1_700_000_000_000L;
    private long sequence;
    /** Commands that went through the log. */
    int writes;

    /** What is answered to the bytes. */
    String ask(String bytes) {
        out.clear();
        ByteBuffer in = ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1));
        protocol.consume(in, this);
        if (in.hasRemaining()) {
            throw new IllegalStateException("Not all was consumed of: " + bytes);
        }
        return new String(out.array(), 0, out.length(), StandardCharsets.ISO_8859_1);
    }

    /** What is answered to the line, or to the line and a value, without the last line end. */
    String line(String line) {
        String answer = ask(line + "\r\n");
        return answer.endsWith("\r\n") ? answer.substring(0, answer.length() - 2) : answer;
    }

    void seconds(long seconds) {
        nowMillis += seconds * 1000;
        store.apply(store.appliedIndex() + 1, CommandBatch.tick(nowMillis), new ByteWriter());
    }

    /** Time passes, but nothing is written that would tell the store. */
    void secondsUnnoticed(long seconds) {
        nowMillis += seconds * 1000;
    }

    void limit(long newPartitionMaxBytes) {
        partitionMaxBytes = newPartitionMaxBytes;
    }

    @Override
    public boolean begin(Kind kind, int commands) {
        return true;
    }

    @Override
    public void command(Request request) {
        ByteWriter command = new ByteWriter();
        request.encode(command);
        byte[] result = request.isWrite() ? write(command) : read(command);
        ResultReader reader = new ResultReader().reset(result, 0, result.length);
        reader.next();
        if (reader.code() == Result.NEEDS_LOG) {
            byte[] answer = write(command);
            byte[] shown = Hints.of(reader).putInto(answer, 0, answer.length);
            reader.reset(shown, 0, shown.length).next();
        }
        request.reply().write(reader, out);
    }

    private byte[] read(ByteWriter command) {
        ByteWriter results = new ByteWriter();
        store.read(nowMillis, command.array(), 0, command.length(), 1, results, Integer.MAX_VALUE);
        return results.toByteArray();
    }

    private byte[] write(ByteWriter command) {
        writes++;
        ByteWriter batch = new ByteWriter();
        CommandBatch.begin(batch);
        batch.putBytes(command.array(), 0, command.length());
        CommandBatch.session(batch, 1, 1, ++sequence, 1);
        byte[] entry = CommandBatch.stamp(
                batch.toByteArray(), 0, batch.length(), nowMillis, partitionMaxBytes, ITEM_MAX_BYTES);
        ByteWriter results = new ByteWriter();
        store.apply(store.appliedIndex() + 1, entry, results);
        return results.toByteArray();
    }

    @Override
    public void endOfKeys() {
        answer(Replies.END);
    }

    @Override
    public void answer(byte[] bytes) {
        out.putBytes(bytes, 0, bytes.length);
    }

    @Override
    public void login(boolean accepted, byte[] answer) {
        throw new IllegalStateException("Nobody needs to log in here.");
    }

    @Override
    public void stats(String argument, StatsWriter writer) {
        throw new IllegalStateException("Nobody asks for statistics here.");
    }

    @Override
    public void version(VersionWriter writer) {
        writer.write("1.2.3", out);
    }

    @Override
    public void administer(Administration administration) {
        throw new IllegalStateException("Nobody administers a store alone: " + administration);
    }

    @Override
    public void quit() {
        throw new IllegalStateException("Nobody quits here.");
    }

    @Override
    public void close(String reason) {
        throw new IllegalStateException(reason);
    }
}
