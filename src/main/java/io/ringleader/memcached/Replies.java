package io.ringleader.memcached;

import java.nio.charset.StandardCharsets;

/** The fixed lines of the text protocol, each with its line end. Shared and not to be changed. */
public final class Replies {
    public static final byte[] STORED = line("STORED");
    public static final byte[] NOT_STORED = line("NOT_STORED");
    public static final byte[] EXISTS = line("EXISTS");
    public static final byte[] NOT_FOUND = line("NOT_FOUND");
    public static final byte[] DELETED = line("DELETED");
    public static final byte[] TOUCHED = line("TOUCHED");
    public static final byte[] OK = line("OK");
    public static final byte[] END = line("END");
    public static final byte[] RESET = line("RESET");

    /** An unknown command. */
    public static final byte[] ERROR = line("ERROR");

    public static final byte[] BAD_FORMAT = line("CLIENT_ERROR bad command line format");
    public static final byte[] BAD_DATA_CHUNK = line("CLIENT_ERROR bad data chunk");
    public static final byte[] INVALID_EXPTIME = line("CLIENT_ERROR invalid exptime argument");
    public static final byte[] INVALID_DELTA = line("CLIENT_ERROR invalid numeric delta argument");
    public static final byte[] NON_NUMERIC = line("CLIENT_ERROR cannot increment or decrement non-numeric value");
    public static final byte[] TOO_LARGE = line("SERVER_ERROR object too large for cache");
    public static final byte[] OUT_OF_MEMORY_STORING = line("SERVER_ERROR out of memory storing object");
    public static final byte[] OUT_OF_MEMORY = line("SERVER_ERROR out of memory");
    public static final byte[] OUT_OF_MEMORY_READING = line("SERVER_ERROR out of memory writing get response");

    /** The answer to mn. */
    public static final byte[] META_NOTHING = line("MN");

    public static final byte[] DUPLICATE_FLAG = line("CLIENT_ERROR duplicate flag");
    public static final byte[] INVALID_FLAG = line("CLIENT_ERROR invalid flag");
    /** Any wrong flag of ma. */
    public static final byte[] INVALID_OR_DUPLICATE_FLAG = line("CLIENT_ERROR invalid or duplicate flag");

    public static final byte[] TOO_MANY_FLAGS = line("CLIENT_ERROR options flags are too long");
    public static final byte[] BAD_TOKEN = line("CLIENT_ERROR bad token in command line format");
    public static final byte[] BAD_BASE64 = line("CLIENT_ERROR error decoding key");
    public static final byte[] OPAQUE_TOO_LONG = line("CLIENT_ERROR opaque token too long");
    public static final byte[] INVALID_STORE_MODE = line("CLIENT_ERROR invalid mode for ms M token");
    public static final byte[] INVALID_ARITHMETIC_MODE = line("CLIENT_ERROR invalid mode for ma M token");
    public static final byte[] INVALID_INITIAL = line("CLIENT_ERROR invalid numeric initial value");
    public static final byte[] INVALID_FLAG_DELTA = line("CLIENT_ERROR invalid numeric delta value");

    private Replies() {}

    private static byte[] line(String text) {
        return (text + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }
}
