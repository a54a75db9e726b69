package io.ringleader.memcached;

import static io.ringleader.memcached.BinaryPackets.hex;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;

/** One connection that speaks the binary protocol with a partition: what is said, and exactly what has to come back. */
final class BinaryConversation {
    static final Limits LIMITS = Limits.ofItemMaxBytes(1000);
    static final long ROOMY_BYTES = 1 << 20;

    final ExecutingHandler handler;
    final Wire wire;

    BinaryConversation() {
        this(ROOMY_BYTES, LIMITS.itemMaxBytes());
    }

    /** One that has to log in. */
    BinaryConversation(Credentials credentials) {
        this(ROOMY_BYTES, LIMITS.itemMaxBytes(), Optional.of(credentials));
    }

    /** @param itemMaxBytes the limit of the store; that of the connection is the one of {@link #LIMITS} */
    BinaryConversation(long partitionMaxBytes, int itemMaxBytes) {
        this(partitionMaxBytes, itemMaxBytes, Optional.empty());
    }

    private BinaryConversation(long partitionMaxBytes, int itemMaxBytes, Optional<Credentials> credentials) {
        handler = new ExecutingHandler(() -> true, partitionMaxBytes, itemMaxBytes);
        wire = new Wire(LIMITS, new BinaryProtocol(LIMITS, credentials), handler, false);
    }

    byte[] ask(byte[]... requests) {
        byte[] bytes = BinaryPackets.join(requests);
        wire.feed(bytes, 0, bytes.length);
        return handler.takeOutput();
    }

    /** Sends the request and compares every byte that comes back. */
    BinaryConversation exchange(byte[] request, byte[]... responses) {
        assertThat(hex(ask(request))).isEqualTo(hex(BinaryPackets.join(responses)));
        return this;
    }

    List<String> calls() {
        return handler.calls;
    }

    boolean isOver() {
        return calls().contains("quit") || calls().contains("close");
    }
}
