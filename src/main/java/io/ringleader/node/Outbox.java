package io.ringleader.node;

import io.ringleader.net.Peers;
import io.ringleader.raft.Message;
import io.ringleader.store.ByteWriter;
import java.util.Map;
import java.util.TreeMap;

/** Gathers what a burst of work has to say to each peer, and sends it as one frame. Owned by the raft loop. */
final class Outbox {
    private final Peers peers;
    private final int frameTargetBytes;
    private final Map<Integer, ByteWriter> frames = new TreeMap<>();

    /** A frame is sent early when it has reached {@code frameTargetBytes}; one message may make it longer than that. */
    Outbox(Peers peers, int frameTargetBytes) {
        this.peers = peers;
        this.frameTargetBytes = frameTargetBytes;
    }

    void add(int node, int partition, Message message) {
        PeerCodec.write(frame(node), partition, message);
    }

    void add(int node, Request request) {
        PeerCodec.write(frame(node), request);
    }

    void add(int node, Response response) {
        PeerCodec.write(frame(node), response);
    }

    private ByteWriter frame(int node) {
        ByteWriter frame = frames.computeIfAbsent(node, id -> new ByteWriter());
        if (frame.length() >= frameTargetBytes) {
            send(node, frame);
        }
        return frame;
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
