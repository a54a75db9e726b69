package io.ringleader.sim.workload;

/**
 * As much of an answer as can be told apart without knowing the question: a line with the data behind it, or a packet.
 *
 * @param opaque what came back of a command's opaque; null if nothing did
 * @param head the line without its end, or the packet's header
 * @param data null if there is none
 */
record Piece(String opaque, String head, String data) {
    /** The answer to mn. */
    boolean isNothing() {
        return head.equals("MN");
    }

    boolean isValue() {
        return head.startsWith("VALUE ");
    }

    String[] words() {
        return head.split(" ");
    }
}
