package io.ringleader.sim.workload;

import io.ringleader.linearizability.Answer;
import io.ringleader.linearizability.Answer.Status;
import io.ringleader.linearizability.Command;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** The classic text protocol and the meta commands. */
final class TextDialect implements Dialect {
    private static final String END_OF_LINE = "\r\n";
    private static final Set<String> META_CODES = Set.of("VA", "HD", "EN", "NF", "NS", "EX");
    private static final String NON_NUMERIC = "CLIENT_ERROR cannot increment or decrement non-numeric value";

    @Override
    public Piece take(StringBuilder input) {
        int lineEnd = input.indexOf(END_OF_LINE);
        if (lineEnd < 0) {
            return null;
        }
        String line = input.substring(0, lineEnd);
        int end = lineEnd + END_OF_LINE.length();
        String data = null;
        if (line.startsWith("VALUE ") || line.startsWith("VA ")) {
            String[] words = line.split(" ");
            int length = Integer.parseInt(words[line.startsWith("VA ") ? 1 : 3]);
            if (input.length() < end + length + END_OF_LINE.length()) {
                return null;
            }
            data = input.substring(end, end + length);
            end += length + END_OF_LINE.length();
        }
        input.delete(0, end);
        return new Piece(opaque(line), line, data);
    }

    private static String opaque(String line) {
        String[] words = line.split(" ");
        if (META_CODES.contains(words[0])) {
            for (int i = words[0].equals("VA") ? 2 : 1; i < words.length; i++) {
                if (words[i].startsWith("O")) {
                    return words[i].substring(1);
                }
            }
        }
        return null;
    }

    @Override
    public boolean answers(Piece piece, Request request) {
        return switch (request.form()) {
            case META -> request.opaque().equals(piece.opaque()) || (!request.quiet() && isError(piece));
            case NOTHING -> piece.isNothing();
            default -> true;
        };
    }

    /** Errors have no opaque. */
    private static boolean isError(Piece piece) {
        return piece.head().startsWith("SERVER_ERROR ") || piece.head().startsWith("CLIENT_ERROR ");
    }

    @Override
    public boolean isGoingOn(Piece piece, Request request) {
        return piece.isValue();
    }

    @Override
    public List<Heard> read(Request request, List<Piece> pieces) {
        return switch (request.form()) {
            case LINE -> List.of(line(request, pieces.get(0)));
            case META -> List.of(meta(request, pieces.get(0)));
            case VALUES -> values(request, pieces);
            default -> List.of();
        };
    }

    private static Heard line(Request request, Piece piece) {
        String line = piece.head();
        if (!line.isEmpty() && Character.isDigit(line.charAt(0))) {
            return Heard.of(Answer.number(Long.parseUnsignedLong(line)));
        }
        return switch (line) {
            case "STORED", "NOT_STORED", "EXISTS", "NOT_FOUND", "DELETED", "TOUCHED", "OK" ->
                Heard.of(Answer.of(Status.valueOf(line)));
            case NON_NUMERIC -> Heard.of(Answer.nonNumeric());
            default -> error(request, piece);
        };
    }

    static Heard error(Request request, Piece piece) {
        String line = piece.head();
        if (line.startsWith("SERVER_ERROR outcome unknown, ")) {
            return Heard.UNKNOWN;
        }
        if (line.startsWith("SERVER_ERROR not applied: ")
                || line.startsWith("SERVER_ERROR not read: ")
                || line.equals("SERVER_ERROR object too large for cache")
                || line.startsWith("SERVER_ERROR out of memory")) {
            // Of a flush this is said of the last partition that did not carry it out; others may have.
            return request.isFlush() ? Heard.UNKNOWN : Heard.NOT_APPLIED;
        }
        throw Dialect.senseless(piece, request);
    }

    /** One key that could not be read ends the answer: of the keys whose values did not come before, nothing is known. */
    private static List<Heard> values(Request request, List<Piece> pieces) {
        Piece last = pieces.get(pieces.size() - 1);
        boolean complete = last.head().equals("END");
        if (!complete) {
            error(request, last);
        }
        List<Heard> heard = new ArrayList<>(
                Collections.nCopies(request.keys().size(), complete ? Heard.of(Answer.miss()) : request.lost()));
        int at = 0;
        for (Piece piece : pieces.subList(0, pieces.size() - 1)) {
            String[] words = piece.words();
            while (at < heard.size() && !request.key(at).name.equals(words[1])) {
                at++;
            }
            if (at == heard.size()) {
                throw Dialect.senseless(piece, request);
            }
            Answer answer = Answer.hit(piece.data(), Integer.parseUnsignedInt(words[2]));
            heard.set(at, Heard.of(words.length < 5 ? answer : answer.withCas(Long.parseUnsignedLong(words[4]))));
        }
        return heard;
    }

    private static Heard meta(Request request, Piece piece) {
        String[] words = piece.words();
        return switch (words[0]) {
            case "EN" -> Heard.of(Answer.miss());
            case "NF" -> Heard.of(Answer.notFound());
            case "NS" -> Heard.of(Answer.notStored());
            case "EX" -> Heard.of(Answer.exists());
            case "HD" -> Heard.of(success(request.command(), words, 1, null));
            case "VA" -> Heard.of(success(request.command(), words, 2, piece.data()));
            case "CLIENT_ERROR" -> line(request, piece);
            default -> error(request, piece);
        };
    }

    private static Answer success(Command command, String[] words, int from, String data) {
        Integer clientFlags = null;
        Long cas = null;
        Long ttlSeconds = null;
        boolean stale = false;
        boolean taken = false;
        boolean won = false;
        for (int i = from; i < words.length; i++) {
            String token = words[i].substring(1);
            switch (words[i].charAt(0)) {
                case 'f' -> clientFlags = Integer.parseUnsignedInt(token);
                case 'c' -> cas = Long.parseUnsignedLong(token);
                case 't' -> ttlSeconds = Long.parseLong(token);
                case 'X' -> stale = true;
                case 'Z' -> taken = true;
                case 'W' -> won = true;
                default -> {}
            }
        }
        if (command instanceof Command.Fetch) {
            return new Answer(Status.HIT, data, clientFlags, cas, null, ttlSeconds, stale, taken, won);
        }
        Long number = data == null ? null : Long.parseUnsignedLong(data);
        Status status = successOf(command);
        // What arithmetic shows of the time left is not modelled.
        return new Answer(status, null, null, cas, number, null, null, null, null);
    }

    /** What it means if a quiet command is not answered. */
    static Heard silence(Request request) {
        Command command = request.command();
        return Heard.of(command instanceof Command.Fetch ? Answer.miss() : Answer.of(successOf(command)));
    }

    private static Status successOf(Command command) {
        if (command instanceof Command.Store) {
            return Status.STORED;
        } else if (command instanceof Command.Delete) {
            return Status.DELETED;
        } else if (command instanceof Command.Count) {
            return Status.NUMBER;
        }
        return command instanceof Command.FlushAll ? Status.OK : Status.TOUCHED;
    }
}
