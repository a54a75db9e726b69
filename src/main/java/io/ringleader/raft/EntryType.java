package io.ringleader.raft;

/** What a log entry carries. The codes are in files and on the wire and never change. */
public enum EntryType {
    /** Appended by a new leader at the start of its term, so that something of its own term commits (§8, §5.4.2). */
    NOOP(1),
    /** A batch for the state machine; Raft does not look inside. */
    COMMANDS(2);

    private final byte code;

    EntryType(int code) {
        this.code = (byte) code;
    }

    public byte code() {
        return code;
    }

    /** @throws IllegalArgumentException if no type has the code */
    public static EntryType ofCode(byte code) {
        for (EntryType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        throw new IllegalArgumentException(
                "No log entry type has the code " + code + "; known are 1 (NOOP) and 2 (COMMANDS).");
    }
}
