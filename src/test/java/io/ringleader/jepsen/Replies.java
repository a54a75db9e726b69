package io.ringleader.jepsen;

import io.ringleader.it.TextClient;
import io.ringleader.linearizability.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads answers of the text protocol and says what they tell of outcomes. Only the lines of docs/compatibility.md that promise it
 * mean that there was no effect. Stateless.
 */
final class Replies {
    private static final String NON_NUMERIC = "CLIENT_ERROR cannot increment or decrement non-numeric value";

    private static final Map<String, Answer> LINES = Map.of(
            "STORED",
            Answer.stored(),
            "NOT_STORED",
            Answer.notStored(),
            "EXISTS",
            Answer.exists(),
            "NOT_FOUND",
            Answer.notFound(),
            "DELETED",
            Answer.deleted(),
            "TOUCHED",
            Answer.touched(),
            "OK",
            Answer.ok(),
            NON_NUMERIC,
            Answer.nonNumeric());

    /** An answer that no node should give to such a request. */
    static final class StrangeAnswerException extends IOException {
        private static final long serialVersionUID = 1L;

        StrangeAnswerException(String message) {
            super(message);
        }
    }

    private Replies() {}

    /** The answer to a request, for each of its operations. */
    static List<Heard> read(TextClient client, Request request) throws IOException {
        boolean isRead =
                request.function().equals(Request.READ) || request.function().equals("gat");
        return isRead ? values(client, request) : List.of(line(client.line(), request));
    }

    static Heard line(String line, Request request) throws StrangeAnswerException {
        Answer answer = LINES.get(line);
        if (answer != null) {
            return Heard.answered(answer);
        }
        return line.matches("\\d{1,20}")
                ? Heard.answered(Answer.number(Long.parseUnsignedLong(line)))
                : error(line, request);
    }

    private static Heard error(String line, Request request) throws StrangeAnswerException {
        if (line.startsWith("SERVER_ERROR not applied") || line.startsWith("SERVER_ERROR not read")) {
            // a flush is carried out by each partition; the line speaks of one that did not
            return request.keys().isEmpty() ? Heard.UNKNOWN : Heard.NOT_APPLIED;
        } else if (line.startsWith("SERVER_ERROR outcome unknown")) {
            return Heard.UNKNOWN;
        }
        throw new StrangeAnswerException(request.text().strip() + " was answered: " + line);
    }

    private static List<Heard> values(TextClient client, Request request) throws IOException {
        Map<String, Heard> found = new HashMap<>();
        Heard others = null;
        while (others == null) {
            String line = client.line();
            if (line.equals("END")) {
                others = Heard.answered(Answer.miss());
            } else if (line.startsWith("VALUE ")) {
                String[] words = line.split(" ");
                if (words.length != 5 || !request.keys().contains(words[1])) {
                    throw new StrangeAnswerException(request.text().strip() + " was answered: " + line);
                }
                String value = client.block(Integer.parseInt(words[3]));
                client.block(2);
                Answer answer =
                        Answer.hit(value, Integer.parseUnsignedInt(words[2])).withCas(Long.parseUnsignedLong(words[4]));
                found.put(words[1], Heard.answered(answer));
            } else {
                others = error(line, request);
            }
        }
        List<Heard> heard = new ArrayList<>();
        for (String key : request.keys()) {
            heard.add(found.getOrDefault(key, others));
        }
        return heard;
    }
}
