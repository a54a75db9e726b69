package io.ringleader.store;

import java.util.Arrays;

/**
 * The layout of a batch of commands for one partition, which is also the payload of a Raft entry. Big-endian:
 *
 * <pre>
 *  0  u8   version (1)
 *  1  i64  timeMillis          stamped by the leader: Unix time in milliseconds
 *  9  i64  partitionMaxBytes   stamped by the leader: memory limit of the partition
 * 17  i32  itemMaxBytes        stamped by the leader: largest value
 * 21  u8   reserved (0)
 * 22  i32  sessionNode         the node that gathered the batch; 0 = no session, a clock tick without commands
 * 26  i64  sessionIncarnation  grows with every start of that node
 * 34  i64  sessionSequence     numbers the batches of one session and partition
 * 42  i32  commandCount
 * 46  commands, see {@link CommandWriter}
 * </pre>
 *
 * <p>The limits travel with the entry because every replica must decide alike, whatever its own configuration says.
 */
public final class CommandBatch {
    public static final int HEADER_BYTES = 46;
    public static final byte VERSION = 1;
    /** Largest node id that may own a session. */
    public static final int MAX_SESSION_NODE = 65_535;
    /** Largest legal time: with room for every expiry that can be added to it. About the year 146 million. */
    public static final long MAX_TIME_MILLIS = Long.MAX_VALUE >> 1;

    private static final int TIME_AT = 1;
    private static final int PARTITION_MAX_AT = 9;
    private static final int ITEM_MAX_AT = 17;
    private static final int RESERVED_AT = 21;
    private static final int NODE_AT = 22;
    private static final int INCARNATION_AT = 26;
    private static final int SEQUENCE_AT = 34;
    private static final int COUNT_AT = 42;

    private CommandBatch() {}

    /** Writes an empty header into an empty writer; the commands are appended after it. */
    public static void begin(ByteWriter batch) {
        if (batch.length() != 0) {
            throw new IllegalArgumentException(
                    "A batch starts at the front of a writer, but this one has " + batch.length() + " bytes already.");
        }
        batch.putByte(VERSION);
        batch.putLong(0);
        batch.putLong(0);
        batch.putInt(0);
        batch.putByte(0);
        batch.putInt(0);
        batch.putLong(0);
        batch.putLong(0);
        batch.putInt(0);
    }

    /** Fills in who sends the batch, and how many commands it has, once it is complete. */
    public static void session(ByteWriter batch, int node, long incarnation, long sequence, int commandCount) {
        if (batch.length() < HEADER_BYTES) {
            throw new IllegalArgumentException(
                    "The writer holds " + batch.length() + " bytes, which is less than a batch header.");
        }
        session(batch.array(), 0, node, incarnation, sequence, commandCount);
    }

    /** As {@link #session(ByteWriter, int, long, long, int)}, for the batch at {@code offset} of an array. */
    public static void session(byte[] batch, int offset, int node, long incarnation, long sequence, int commandCount) {
        ByteWriter.setInt(batch, offset + NODE_AT, node);
        ByteWriter.setLong(batch, offset + INCARNATION_AT, incarnation);
        ByteWriter.setLong(batch, offset + SEQUENCE_AT, sequence);
        ByteWriter.setInt(batch, offset + COUNT_AT, commandCount);
    }

    /** A copy of the batch that carries the leader's time and limits: the payload to propose. */
    public static byte[] stamp(
            byte[] batch, int offset, int length, long timeMillis, long partitionMaxBytes, int itemMaxBytes) {
        if (length < HEADER_BYTES) {
            throw new IllegalArgumentException("A batch of " + length + " bytes is shorter than its header.");
        }
        byte[] stamped = Arrays.copyOfRange(batch, offset, offset + length);
        ByteWriter.setLong(stamped, TIME_AT, timeMillis);
        ByteWriter.setLong(stamped, PARTITION_MAX_AT, partitionMaxBytes);
        ByteWriter.setInt(stamped, ITEM_MAX_AT, itemMaxBytes);
        return stamped;
    }

    /** A payload without commands that only moves the partition's time, so that what is due by then expires. */
    public static byte[] tick(long timeMillis) {
        byte[] tick = new byte[HEADER_BYTES];
        tick[0] = VERSION;
        ByteWriter.setLong(tick, TIME_AT, timeMillis);
        return tick;
    }

    public static long timeMillis(byte[] batch, int offset) {
        return ByteWriter.getLong(batch, offset + TIME_AT);
    }

    public static long partitionMaxBytes(byte[] batch, int offset) {
        return ByteWriter.getLong(batch, offset + PARTITION_MAX_AT);
    }

    public static int itemMaxBytes(byte[] batch, int offset) {
        return ByteWriter.getInt(batch, offset + ITEM_MAX_AT);
    }

    public static int sessionNode(byte[] batch, int offset) {
        return ByteWriter.getInt(batch, offset + NODE_AT);
    }

    public static long sessionIncarnation(byte[] batch, int offset) {
        return ByteWriter.getLong(batch, offset + INCARNATION_AT);
    }

    public static long sessionSequence(byte[] batch, int offset) {
        return ByteWriter.getLong(batch, offset + SEQUENCE_AT);
    }

    public static int commandCount(byte[] batch, int offset) {
        return ByteWriter.getInt(batch, offset + COUNT_AT);
    }

    /**
     * Checks everything the state machine relies on, so that a batch is refused before it enters a log and not after.
     * Legal with and without the leader's stamp.
     *
     * @throws MalformedBytesException if the batch must not be proposed
     */
    public static void validate(byte[] batch, int offset, int length) {
        validate(batch, offset, length, new CommandReader());
    }

    /** As {@link #validate(byte[], int, int)}, with a reader of the caller so that nothing is allocated. */
    public static void validate(byte[] batch, int offset, int length, CommandReader reader) {
        if (offset < 0 || length < 0 || offset > batch.length - length) {
            throw new IndexOutOfBoundsException("A batch of " + length + " bytes at " + offset
                    + " does not fit into an array of " + batch.length + " bytes.");
        }
        if (length < HEADER_BYTES) {
            throw new MalformedBytesException(
                    "A batch of " + length + " bytes is shorter than its header of " + HEADER_BYTES + " bytes.");
        }
        validateHeader(batch, offset);
        int expected = commandCount(batch, offset);
        reader.reset(batch, offset + HEADER_BYTES, length - HEADER_BYTES);
        int found = 0;
        while (reader.next()) {
            found++;
        }
        if (found != expected) {
            throw new MalformedBytesException(
                    "The batch announces " + expected + " commands, but contains " + found + ".");
        }
    }

    private static void validateHeader(byte[] batch, int offset) {
        require(batch[offset] == VERSION, "version", batch[offset]);
        require(batch[offset + RESERVED_AT] == 0, "reserved byte", batch[offset + RESERVED_AT]);
        long time = timeMillis(batch, offset);
        require(time >= 0 && time <= MAX_TIME_MILLIS, "time", time);
        require(partitionMaxBytes(batch, offset) >= 0, "partition limit", partitionMaxBytes(batch, offset));
        require(itemMaxBytes(batch, offset) >= 0, "item limit", itemMaxBytes(batch, offset));
        int node = sessionNode(batch, offset);
        require(node >= 0 && node <= MAX_SESSION_NODE, "session node", node);
        require(sessionIncarnation(batch, offset) >= 0, "session incarnation", sessionIncarnation(batch, offset));
        require(sessionSequence(batch, offset) >= 0, "session sequence", sessionSequence(batch, offset));
        int count = commandCount(batch, offset);
        require(count >= 0, "command count", count);
        if (node == 0 && count != 0) {
            throw new MalformedBytesException("A batch with " + count
                    + " commands has no session, so a repeat of it could not be told from a new one.");
        }
    }

    private static void require(boolean legal, String field, long value) {
        if (!legal) {
            throw new MalformedBytesException("The batch header has an illegal " + field + ": " + value + ".");
        }
    }
}
