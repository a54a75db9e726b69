package io.ringleader.jepsen;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Says what clients ask next. One object serves all clients of a run, so any thread calls it. */
interface Workload {
    /** What one client remembers of what it heard. Used by that client. */
    final class Memory {
        /** The cas id that a key had when this client read it last. */
        final Map<String, Long> casIds = new HashMap<>();
        /** Keys that were not there when this client last wanted to change them. */
        final Set<String> missing = new HashSet<>();
    }

    Request next(Random random, Memory memory);

    /** Takes note of the answers, one for each operation of the request. */
    void heard(Request request, List<Heard> heard, Memory memory);

    /** All keys that were ever asked for. */
    List<String> keys();

    /** By how much the expiry of an item may seem to be early or late to {@code MemcachedModel}. */
    default long toleranceMillis() {
        return 0;
    }
}
