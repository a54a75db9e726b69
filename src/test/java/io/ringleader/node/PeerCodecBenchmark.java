package io.ringleader.node;

import io.ringleader.raft.Entry;
import io.ringleader.raft.EntryType;
import io.ringleader.raft.Message;
import io.ringleader.raft.Replica;
import io.ringleader.store.ByteWriter;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Writes and reads frames between nodes: an entry of 2 KiB for each of 16 partitions; per message. */
@State(Scope.Thread)
public class PeerCodecBenchmark {
    private static final int MESSAGES = 16;
    private static final int PAYLOAD_BYTES = 2048;
    private static final Replica SENDER = new Replica(1, 1, 1, true);

    private final List<Message> messages = new ArrayList<>();
    private final ByteWriter out = new ByteWriter();
    private final Counter counter = new Counter();
    private byte[] frame;

    /** Makes the messages and a frame of them. */
    @Setup
    public void setUp() {
        for (int i = 0; i < MESSAGES; i++) {
            Entry entry = new Entry(100, 3, EntryType.COMMANDS, new byte[PAYLOAD_BYTES]);
            messages.add(new Message.AppendEntries(1, 2, 3, 99, 3, List.of(entry), 98));
        }
        write();
        frame = out.toByteArray();
    }

    /** All messages into one frame. */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public int write() {
        out.clear();
        for (int i = 0; i < MESSAGES; i++) {
            PeerCodec.write(out, i, SENDER, messages.get(i));
        }
        return out.length();
    }

    /** All messages of a frame. */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public long read() {
        PeerCodec.read(1, 2, frame, 0, frame.length, counter);
        return counter.sum;
    }

    private static final class Counter implements PeerCodec.Receiver {
        long sum;

        @Override
        public void onMessage(int partition, Replica sender, Message message) {
            sum += partition + message.term();
        }

        @Override
        public void onRequest(Request request) {
            throw new IllegalStateException("There is no request in the frame.");
        }

        @Override
        public void onRelay(int target, Request request) {
            throw new IllegalStateException("There is no relayed request in the frame.");
        }

        @Override
        public void onResponse(Response response) {
            throw new IllegalStateException("There is no response in the frame.");
        }

        @Override
        public void onLeaving(int node) {
            throw new IllegalStateException("Nobody leaves.");
        }
    }
}
