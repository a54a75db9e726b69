package io.ringleader.net;

import java.util.LinkedHashMap;
import java.util.Map;

/** Lets the same thing be logged once per interval. Bounded: what was logged longest ago is forgotten first. */
final class LogLimiter {
    private static final int KEYS_MAX = 256;

    private final long intervalNanos;
    private final Map<String, Long> lastLoggedNanos = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > KEYS_MAX;
        }
    };

    LogLimiter(long intervalNanos) {
        this.intervalNanos = intervalNanos;
    }

    boolean mayLog(String key, long nowNanos) {
        Long last = lastLoggedNanos.get(key);
        if (last != null && nowNanos - last < intervalNanos) {
            return false;
        }
        lastLoggedNanos.remove(key); // so that it goes to the end of the order
        lastLoggedNanos.put(key, nowNanos);
        return true;
    }

    /** It is over: should it come back, that is news. */
    void forget(String key) {
        lastLoggedNanos.remove(key);
    }
}
