package io.ringleader.memcached;

import java.nio.ByteBuffer;
import java.util.Optional;

/** Reads one dialect from one connection: the state between two looks at its input. Owned by the loop of that connection. */
public interface Protocol {
    /**
     * The dialect that a connection speaks, by its first byte: nothing that the text protocol knows begins like a binary
     * request. It stays the same to the end of the connection.
     *
     * @param credentials of those who must log in before anything else; empty if nobody needs to
     */
    static Protocol of(byte firstByte, Limits limits, Optional<Credentials> credentials) {
        if (firstByte == BinaryPacket.REQUEST) {
            return new BinaryProtocol(limits, credentials);
        }
        Protocol commands = new TextProtocol(limits);
        return credentials.isPresent() ? new TextLogin(credentials.get(), commands) : commands;
    }

    /**
     * Consumes whole requests by advancing the position, until the bytes run out or the handler refuses. The bytes of a value
     * that is not wanted, and all bytes after quit or close, are consumed as they come. What is not consumed is to be
     * presented again with more behind it, wherever in memory.
     *
     * @param in must have an accessible array
     * @return how many bytes, counted from the position it leaves, must be there before it can get on: more than now remain,
     *     and at most {@link Limits#requestMaxBytes}. 0 if it waits for the handler, or if nothing remains.
     */
    int consume(ByteBuffer in, RequestHandler handler);
}
