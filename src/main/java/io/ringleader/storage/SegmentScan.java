package io.ringleader.storage;

import java.nio.ByteBuffer;

/** Looks at the bytes of one segment, whose header is valid, and says where its valid records end and what comes after. */
final class SegmentScan {
    /** What lies at an offset, for messages. */
    private static final int SHOWN_BYTES = 16;

    private final ByteBuffer file;
    private final int limit;
    private final SegmentHeader header;
    private final int validEnd;

    /**
     * @param file the whole file, at index 0
     * @param limit where to stop: the recorded end of a closed segment, else the size of the file
     */
    SegmentScan(ByteBuffer file, int limit, SegmentHeader header) {
        this.file = file;
        this.limit = limit;
        this.header = header;
        int at = SegmentHeader.BYTES;
        while (hasHeaderAt(at) && RecordFormat.hasValidPayload(file, at)) {
            at += recordBytes(at);
        }
        validEnd = at;
    }

    /** Offset after the last of the valid records that follow each other from the start. */
    int validEnd() {
        return validEnd;
    }

    int recordBytes(int at) {
        return (int) RecordFormat.recordBytes(RecordFormat.length(file, at));
    }

    /** Where the write batch began to which the last valid record belongs. */
    int lastBatchStart() {
        int start = SegmentHeader.BYTES;
        for (int at = SegmentHeader.BYTES; at < validEnd; at += recordBytes(at)) {
            start = RecordFormat.batchStart(file, at);
        }
        return start;
    }

    boolean restIsZero() {
        return lastNonZero() < validEnd;
    }

    /** Offset after the last byte that is not zero. */
    int dataEnd() {
        return lastNonZero() + 1;
    }

    private int lastNonZero() {
        for (int at = limit - 1; at >= validEnd; at--) {
            if (file.get(at) != 0) {
                return at;
            }
        }
        return validEnd - 1;
    }

    /**
     * Offset of the header of a record whose batch began after the first damage, or -1. A whole header is proof enough: the
     * payload may still be torn, but the batch before was durable when this one was begun.
     */
    int laterBatch() {
        int end = dataEnd();
        for (int at = validEnd + RecordFormat.ALIGNMENT; at < end; at += RecordFormat.ALIGNMENT) {
            if (hasHeaderAt(at) && RecordFormat.batchStart(file, at) > validEnd) {
                return at;
            }
        }
        return -1;
    }

    String describeDamage() {
        int at = validEnd;
        if (at + RecordFormat.HEADER_BYTES > limit) {
            return "the file ends at " + limit + " inside a record";
        }
        if (hasHeaderAt(at)) {
            return "the payload of a record of group " + RecordFormat.group(file, at) + " at index "
                    + RecordFormat.index(file, at) + " (" + RecordFormat.length(file, at)
                    + " bytes) does not have the checksum that its header gives";
        }
        StringBuilder bytes = new StringBuilder();
        for (int i = at; i < at + SHOWN_BYTES; i++) {
            bytes.append(String.format("%02x", file.get(i)));
        }
        return "there is no valid record header (it begins with " + bytes + ")";
    }

    private boolean hasHeaderAt(int at) {
        return RecordFormat.hasValidHeader(file, at, limit, header.salt(), header.sequence());
    }
}
