package io.ringleader.it;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One line of an answer, and its data block if it has one.
 *
 * @param data null if there is none
 */
record Answer(String line, String data) {
    /** What is read when the server has closed the connection. */
    static final Answer CLOSED = new Answer("(the connection is closed)", null);

    private static final int SHOWN_MAX = 200;

    static Answer read(TextClient client) throws IOException {
        String line = client.line();
        String[] words = line.split(" ");
        int sizeWord =
                words[0].equals("VALUE") && words.length >= 4 ? 3 : words[0].equals("VA") && words.length >= 2 ? 1 : 0;
        if (sizeWord == 0) {
            return new Answer(line, null);
        }
        String data = client.block(Integer.parseInt(words[sizeWord]));
        String end = client.block(2);
        if (!end.equals("\r\n")) {
            throw new IOException("The block after \"" + line + "\" does not end with CR LF but \"" + end + "\".");
        }
        return new Answer(line, data);
    }

    /** All up to the answer to {@code version}, which is left out. */
    static List<Answer> readToVersion(TextClient client) throws IOException {
        List<Answer> answers = new ArrayList<>();
        for (Answer answer = read(client); !answer.line.startsWith("VERSION "); answer = read(client)) {
            answers.add(answer);
        }
        return answers;
    }

    String[] words() {
        return line.split(" ", -1);
    }

    @Override
    public String toString() {
        String text = Script.escape(line) + (data == null ? "" : " [" + Script.escape(data) + "]");
        return text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "... of " + text.length();
    }
}
