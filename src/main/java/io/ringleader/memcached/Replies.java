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

    private Replies() {}

    private static byte[] line(String text) {
        return (text + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }
}
