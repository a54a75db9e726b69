package io.ringleader.linearizability;

/**
 * What EDN has and Java has not. The rest is read as {@code null}, {@link Boolean}, {@link Long}, {@link java.math.BigInteger}
 * (integers beyond 64 bits), {@link Double}, {@link String}, {@link java.util.List} (lists and vectors), {@link
 * java.util.Map} and {@link java.util.Set}.
 */
public final class Edn {
    private Edn() {}

    /** A keyword, without its colon. */
    public record Keyword(String name) {
        @Override
        public String toString() {
            return ":" + name;
        }
    }

    /** A symbol. */
    public record Symbol(String name) {
        @Override
        public String toString() {
            return name;
        }
    }

    public static Keyword keyword(String name) {
        return new Keyword(name);
    }
}
