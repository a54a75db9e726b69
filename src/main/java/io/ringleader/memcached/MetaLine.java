package io.ringleader.memcached;

import io.ringleader.store.ItemCommand;
import io.ringleader.store.Op;
import io.ringleader.store.Options;
import java.util.Arrays;
import java.util.Base64;

/**
 * Reads the flags of a meta command into a {@link MetaCommand}. A flag is a letter, perhaps with a token right behind it; every
 * meta command takes every flag and ignores those that mean nothing to it. One per connection, used again for each line.
 */
final class MetaLine {
    private static final int WORDS_MAX = 20;
    /** Of an opaque, its letter included. */
    private static final int OPAQUE_BYTES_MAX = 32;

    private static final int LETTERS_FROM = 'A';
    private static final int LETTERS_TO = 'z';
    /** Not there; and every place is behind it. */
    private static final int ABSENT = -1;

    /** The word of each flag. */
    private final int[] places = new int[LETTERS_TO + 1];

    private long touch;
    private long vivify;
    private long recache;
    private long compare;
    private long newCas;
    private long initial;
    private long delta;
    private int clientFlags;
    private byte mode;
    private byte[] error = Replies.BAD_FORMAT;

    /** Whether the words from there on begin with what a flag may begin with, whether there is such a flag or not. */
    static boolean areFlags(Words words, int from) {
        for (int word = from; word < words.count(); word++) {
            byte first = words.first(word);
            boolean digit = first >= '0' && first <= '9';
            if (!digit && (first < LETTERS_FROM || first > LETTERS_TO)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Puts what the flags say into the request, whose key has been read.
     *
     * @return null, or the line to answer instead
     */
    byte[] read(Verb verb, Words words, int firstFlag, Request request) {
        if (verb == Verb.META_DEBUG) {
            return readDebug(words, request);
        }
        if (words.count() > WORDS_MAX) {
            return verb == Verb.META_ARITHMETIC ? Replies.INVALID_OR_DUPLICATE_FLAG : Replies.TOO_MANY_FLAGS;
        }
        if (!readFlags(words, firstFlag, request)) {
            return verb == Verb.META_ARITHMETIC ? Replies.INVALID_OR_DUPLICATE_FLAG : error;
        }
        ItemCommand item = new ItemCommand();
        byte[] refusal = switch (verb) {
            case META_GET -> fetch(item, request);
            case META_SET -> store(item, request);
            case META_DELETE -> remove(item, request);
            default -> arithmetic(item, request);
        };
        if (refusal == null && has('O') && words.length(places['O']) > OPAQUE_BYTES_MAX) {
            refusal = Replies.OPAQUE_TOO_LONG;
        }
        if (refusal == null) {
            request.meta = command(item, words, firstFlag, request);
        }
        return refusal;
    }

    private MetaCommand command(ItemCommand item, Words words, int firstFlag, Request request) {
        byte[] echoes = new byte[words.count() - firstFlag];
        for (int i = 0; i < echoes.length; i++) {
            echoes[i] = words.first(firstFlag + i);
        }
        byte[] keyText = has('k') ? words.bytes(1) : Words.NO_BYTES;
        byte[] opaque = has('O') ? words.bytes(places['O']) : Words.NO_BYTES;
        return new MetaCommand(
                request.op, item, echoes, keyText, has('b'), opaque, has('q'), has('v'), request.valueLength);
    }

    /** The tokens and places of all flags. The last mistake is the one that is answered, but some end the search. */
    private boolean readFlags(Words words, int firstFlag, Request request) {
        Arrays.fill(places, ABSENT);
        touch = 0;
        vivify = 0;
        recache = 0;
        compare = 0;
        newCas = 0;
        initial = 0;
        delta = 1;
        clientFlags = 0;
        mode = 0;
        error = Replies.BAD_FORMAT;
        boolean legal = true;
        for (int word = firstFlag; word < words.count(); word++) {
            byte flag = words.first(word);
            if (places[flag] != ABSENT) {
                error = Replies.DUPLICATE_FLAG;
                return false;
            }
            places[flag] = word;
            if (!isKnown(flag)) {
                error = Replies.INVALID_FLAG;
                return false;
            }
            legal &= readToken(flag, words, word, request);
        }
        return legal;
    }

    private static boolean isKnown(byte flag) {
        return switch (flag) {
            case 'b', 'N', 'T', 'R', 'l', 'O', 'P', 'L', 'k', 's', 't', 'c', 'f', 'v', 'h', 'u', 'q', 'x' -> true;
            case 'F', 'C', 'E', 'M', 'J', 'D', 'I' -> true;
            default -> false;
        };
    }

    private boolean readToken(byte flag, Words words, int word, Request request) {
        switch (flag) {
            case 'b' -> {
                return decodeKey(words, request);
            }
            case 'M' -> mode = words.length(word) > 1 ? words.bytes(word)[1] : (byte) ' ';
            case 'N', 'T', 'R' -> {
                return expect(words.parseFlagInt32(word), Replies.BAD_TOKEN) && keepExptime(flag, words.number());
            }
            case 'C', 'E' -> {
                return expect(words.parseFlagUint64(word), Replies.BAD_TOKEN) && keepCas(flag, words.number());
            }
            case 'F' -> {
                // a wrong one does not change which line is answered
                boolean legal = words.parseFlagUint32(word);
                clientFlags = (int) words.number();
                return legal;
            }
            case 'J' -> {
                boolean legal = expect(words.parseFlagUint64(word), Replies.INVALID_INITIAL);
                initial = words.number();
                return legal;
            }
            case 'D' -> {
                boolean legal = expect(words.parseFlagUint64(word), Replies.INVALID_FLAG_DELTA);
                delta = words.number();
                return legal;
            }
            default -> {}
        }
        return true;
    }

    private boolean expect(boolean legal, byte[] otherwise) {
        error = legal ? error : otherwise;
        return legal;
    }

    private boolean keepExptime(byte flag, long exptime) {
        switch (flag) {
            case 'N' -> vivify = exptime;
            case 'T' -> touch = exptime;
            default -> recache = exptime;
        }
        return true;
    }

    private boolean keepCas(byte flag, long cas) {
        if (flag == 'C') {
            compare = cas;
        } else {
            newCas = cas;
        }
        return true;
    }

    private boolean decodeKey(Words words, Request request) {
        byte[] key = decoded(words.bytes(1));
        if (key == null) {
            error = Replies.BAD_BASE64;
            return false;
        }
        request.decodedKey = key;
        request.keyLength = key.length;
        return true;
    }

    /** Null if it is not base64 with its padding. */
    private static byte[] decoded(byte[] text) {
        if (text.length % 4 != 0) {
            return null;
        }
        try {
            byte[] key = Base64.getDecoder().decode(text);
            return key.length == 0 ? null : key;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private byte[] readDebug(Words words, Request request) {
        for (int word = 2; word < words.count(); word++) {
            if (words.first(word) == 'b' && words.length(word) == 1 && !decodeKey(words, request)) {
                return Replies.BAD_FORMAT;
            }
        }
        request.op = Operation.INSPECT;
        ItemCommand item = new ItemCommand().fetch().with(Options.UNSEEN);
        byte[] keyText = words.bytes(1);
        request.meta =
                new MetaCommand(request.op, item, Words.NO_BYTES, keyText, false, Words.NO_BYTES, false, false, 0);
        return null;
    }

    private byte[] fetch(ItemCommand item, Request request) {
        request.op = has('T') ? Operation.GAT : Operation.GET;
        item.fetch().with(Options.WIN_STALE);
        option('v', item, Options.VALUE);
        option('u', item, Options.UNSEEN);
        if (has('C')) {
            item.compare(compare);
        }
        if (has('E')) {
            item.newCas(newCas);
        }
        if (has('T')) {
            item.touch(touch);
        }
        if (has('R')) {
            item.recache(recache);
            item.with(has('T') && places['R'] < places['T'] ? Options.RECACHE_BEFORE : 0);
        }
        vivify(item);
        return null;
    }

    /** Flags act from left to right: so what is shown, and which of two exptimes stays, depends on their order. */
    private void vivify(ItemCommand item) {
        boolean between = isBetween('t', 'N', 'T') || isBetween('t', 'T', 'N');
        if (has('N')) {
            item.vivify(places['T'] > places['N'] && !between ? touch : vivify);
        }
        item.with(between ? Options.TTL_BETWEEN : 0);
        int changed = has('T') ? places['T'] : places['N'];
        item.with(has('t') && places['t'] < changed ? Options.TTL_BEFORE : 0);
    }

    private boolean isBetween(char flag, char first, char last) {
        return has(first) && places[first] < places[flag] && places[flag] < places[last];
    }

    private byte[] store(ItemCommand item, Request request) {
        byte storeMode = switch (mode) {
            case 0, 'S' -> Op.SET;
            case 'E' -> Op.ADD;
            case 'A' -> Op.APPEND;
            case 'P' -> Op.PREPEND;
            case 'R' -> Op.REPLACE;
            default -> 0;
        };
        if (storeMode == 0) {
            return Replies.INVALID_STORE_MODE;
        }
        request.op = has('C') ? Operation.CAS : Operation.SET;
        item.store(storeMode, clientFlags);
        boolean extends_ = storeMode == Op.APPEND || storeMode == Op.PREPEND;
        // 0 is no cas id to append or prepend, and lower than none
        if (has('C') && !(extends_ && compare == 0)) {
            item.compare(compare);
            item.with(has('I') && compare != 0 ? Options.STALE : 0);
        }
        if (has('E')) {
            item.newCas(newCas);
        }
        if (has('T')) {
            item.touch(touch);
        }
        if (has('N') && extends_) {
            item.vivify(vivify);
        }
        return null;
    }

    private byte[] remove(ItemCommand item, Request request) {
        request.op = Operation.DELETE;
        item.remove();
        option('I', item, Options.STALE);
        option('x', item, Options.EMPTY);
        if (has('C')) {
            item.compare(compare);
        }
        if (has('E')) {
            item.newCas(newCas);
        }
        if (has('T')) {
            item.touch(touch);
        }
        return null;
    }

    private byte[] arithmetic(ItemCommand item, Request request) {
        boolean subtract;
        switch (mode) {
            case 0, 'I', '+' -> subtract = false;
            case 'D', '-' -> subtract = true;
            default -> {
                return Replies.INVALID_ARITHMETIC_MODE;
            }
        }
        request.op = subtract ? Operation.DECR : Operation.INCR;
        item.arithmetic(delta).initial(initial).with(subtract ? Options.SUBTRACT : 0);
        if (has('C') && compare != 0) {
            item.compare(compare);
        }
        if (has('E')) {
            item.newCas(newCas);
        }
        if (has('T')) {
            item.touch(touch);
        }
        vivify(item);
        return null;
    }

    private void option(char flag, ItemCommand item, int option) {
        item.with(has(flag) ? option : 0);
    }

    private boolean has(char flag) {
        return places[flag] != ABSENT;
    }
}
