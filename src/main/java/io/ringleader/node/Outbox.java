package io.ringleader.node;

import io.ringleader.net.Peers;
import io.ringleader.raft.Message;
import io.ringleader.raft.Replica;
import io.ringleader.store.ByteWriter;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gathers what a burst of work has to say to each peer, and sends it as one frame. Owned by the raft loop. */
final class Outbox {
    private static final Logger log = LoggerFactory.getLogger(Outbox.class);

    private final Peers peers;
    private final int frameTargetBytes;
    private final int frameMaxBytes;
    private final Map<Integer, ByteWriter> frames = new TreeMap<>();

    /**
     * A frame is sent early when it has reached {@code frameTargetBytes}; one message may make it longer than that, but never
     * longer than {@code frameMaxBytes}.
     */
    Outbox(Peers peers, int frameTargetBytes, int frameMaxBytes) {
        this.peers = peers;
        this.frameTargetBytes = frameTargetBytes;
        this.frameMaxBytes = frameMaxBytes;
    }

    void add(int node, int partition, Replica sender, Message message) {
        ByteWriter frame = frame(node);
        int start = frame.length();
        PeerCodec.write(frame, partition, sender, message);
        if (!fits(node, frame, start)) {
            log.error(
                    "Partition {}: {} to node {} does not fit into a frame of {} bytes and is not sent.",
                    partition,
                    message.getClass().getSimpleName(),
                    node,
                    frameMaxBytes);
        }
    }

    void add(int node, Request request) {
        add(node, request, frame -> PeerCodec.write(frame, request));
    }

    /** To be passed on to the target. */
    void addRelayed(int via, int target, Request request) {
        add(via, request, frame -> PeerCodec.writeRelayed(frame, target, request));
    }

    private void add(int node, Request request, Consumer<ByteWriter> writing) {
        ByteWriter frame = frame(node);
        int start = frame.length();
        writing.accept(frame);
        if (!fits(node, frame, start)) {
            log.error("A request of {} bytes to node {} is not sent: too large.", request.bytes().length, node);
        }
    }

    void add(int node, Response response) {
        ByteWriter frame = frame(node);
        int start = frame.length();
        PeerCodec.write(frame, response);
        if (!fits(node, frame, start)) {
            // Whoever asked must not ask again and again.
            PeerCodec.write(frame, Response.failed(response.requestId(), Response.Status.TOO_LARGE));
        }
    }

    /** That this node is about to stop. */
    void addLeaving(int node) {
        PeerCodec.writeLeaving(frame(node));
    }

    private ByteWriter frame(int node) {
        ByteWriter frame = frames.computeIfAbsent(node, id -> new ByteWriter());
        if (frame.length() >= frameTargetBytes) {
            send(node, frame);
        }
        return frame;
    }

    /** Makes room if the message that begins at {@code start} made the frame too long; takes it back if it is too long itself. */
    private boolean fits(int node, ByteWriter frame, int start) {
        if (frame.length() <= frameMaxBytes) {
            return true;
        }
        int messageBytes = frame.length() - start;
        boolean fits = messageBytes <= frameMaxBytes;
        byte[] message = fits ? Arrays.copyOfRange(frame.array(), start, frame.length()) : new byte[0];
        frame.truncate(start);
        if (fits) {
            send(node, frame);
            frame.putBytes(message, 0, messageBytes);
        }
        return fits;
    }

    void flush() {
        frames.forEach(this::send);
    }

    /** A frame that cannot be sent is dropped: Raft and the routers ask again. */
    private void send(int node, ByteWriter frame) {
        if (frame.length() > 0) {
            peers.send(node, frame.array(), 0, frame.length());
            frame.clear();
        }
    }
}
