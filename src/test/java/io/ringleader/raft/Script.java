package io.ringleader.raft;

import java.util.ArrayList;
import java.util.List;

/**
 * A script: a paragraph of prose, then blocks separated by empty lines. A block is commands, one a line, then {@code ----}, then
 * the trace they are expected to leave. A line that starts with {@code #} is a comment.
 *
 * @param prose says what is shown
 */
record Script(String prose, List<Block> blocks) {
    private static final String SEPARATOR = "----";

    /** @param comment lines above the commands, kept as they are */
    record Block(List<String> comment, List<String> commands, List<String> expected) {
        String text(List<String> trace) {
            List<String> lines = new ArrayList<>(comment);
            lines.addAll(commands);
            lines.add(SEPARATOR);
            lines.addAll(trace);
            return String.join("\n", lines);
        }
    }

    static Script parse(String text) {
        String[] paragraphs = text.strip().split("\n\\s*\n");
        List<Block> blocks = new ArrayList<>();
        for (int i = 1; i < paragraphs.length; i++) {
            blocks.add(block(paragraphs[i].split("\n")));
        }
        if (blocks.isEmpty() || paragraphs[0].contains(SEPARATOR)) {
            throw new IllegalArgumentException("A script starts with prose, an empty line, and a block of commands.");
        }
        return new Script(paragraphs[0], blocks);
    }

    private static Block block(String[] lines) {
        Block block = new Block(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        boolean separated = false;
        for (String line : lines) {
            if (line.equals(SEPARATOR)) {
                separated = true;
            } else if (separated) {
                block.expected().add(line);
            } else if (line.startsWith("#")) {
                block.comment().add(line);
            } else {
                block.commands().add(line);
            }
        }
        return block;
    }

    /** The script as a file, with what happened for what was expected. */
    String rewritten(List<List<String>> traces) {
        StringBuilder text = new StringBuilder(prose).append("\n");
        for (int i = 0; i < blocks.size(); i++) {
            text.append("\n").append(blocks.get(i).text(traces.get(i))).append("\n");
        }
        return text.toString();
    }
}
