package io.ringleader.linearizability;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The fields of a map that was read, each taken once; what is left over was not understood. Owned by one thread. */
final class EdnFields {
    private final Map<Object, Object> left;
    private final Function<String, EdnException> error;

    /** @param error makes the error for a problem, with its place */
    EdnFields(Object form, Function<String, EdnException> error) {
        this.error = error;
        if (!(form instanceof Map<?, ?> map)) {
            throw error.apply("here should be a map, but there is " + form + ".");
        }
        left = new LinkedHashMap<>(map);
    }

    /** The value of the field, or null if there is none or it is nil. */
    Object take(String name) {
        return left.remove(Edn.keyword(name));
    }

    String keyword(String name) {
        Object form = take(name);
        if (form instanceof Edn.Keyword keyword) {
            return keyword.name();
        }
        throw error.apply(":" + name + " should be a keyword, but is " + form + ".");
    }

    /** A string of Latin-1 characters, or null. */
    String bytes(String name) {
        return bytes(name, take(name));
    }

    String bytes(String name, Object form) {
        if (form == null) {
            return null;
        }
        if (form instanceof String string && string.chars().allMatch(c -> c <= 0xff)) {
            return string;
        }
        throw error.apply(":" + name + " should be a string of characters up to \\u00ff, but is " + form + ".");
    }

    Long signed(String name) {
        Object form = take(name);
        if (form == null || form instanceof Long) {
            return (Long) form;
        }
        throw error.apply(":" + name + " should be a 64 bit integer, but is " + form + ".");
    }

    long signed(String name, long otherwise) {
        Long number = signed(name);
        return number == null ? otherwise : number;
    }

    /** An unsigned integer of at most that many bits, or null. */
    Long unsigned(String name, int bits) {
        Object form = take(name);
        if (form == null) {
            return null;
        }
        BigInteger number = null;
        if (form instanceof Long small) {
            number = BigInteger.valueOf(small);
        } else if (form instanceof BigInteger large) {
            number = large;
        }
        if (number == null || number.signum() < 0 || number.bitLength() > bits) {
            throw error.apply(":" + name + " should be an unsigned integer of " + bits + " bits, but is " + form + ".");
        }
        return number.longValue();
    }

    long unsigned(String name, int bits, long otherwise) {
        Long number = unsigned(name, bits);
        return number == null ? otherwise : number;
    }

    Boolean truth(String name) {
        Object form = take(name);
        if (form == null || form instanceof Boolean) {
            return (Boolean) form;
        }
        throw error.apply(":" + name + " should be true or false, but is " + form + ".");
    }

    boolean isTrue(String name) {
        return Boolean.TRUE.equals(truth(name));
    }

    /** Two forms in a vector. */
    List<?> pair(String name) {
        Object form = take(name);
        if (form instanceof List<?> list && list.size() == 2) {
            return list;
        }
        throw error.apply(":" + name + " should be a key and a map in a vector, but is " + form + ".");
    }

    void requireEmpty() {
        if (!left.isEmpty()) {
            throw error.apply("the fields " + left.keySet() + " are not understood.");
        }
    }
}
