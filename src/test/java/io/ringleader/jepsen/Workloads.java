package io.ringleader.jepsen;

import io.ringleader.linearizability.Answer.Status;
import io.ringleader.linearizability.Operation.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** The workloads by name. Every value that is written is unique, so what is read tells who wrote it. */
final class Workloads {
    static final String EXPIRY = "expiry";
    static final String LIST_APPEND = "list-append";
    /** Far from a power of ten, since decr pads a number that gets shorter. */
    static final long COUNTER_START = 5_000_000;

    /** Keys of {@link Expiry} that are set once, and read, and nothing else. */
    static final String SET_ONCE = "once";

    private static final int COUNTER_DELTA_MAX = 7;
    private static final int EXPTIME_MAX_SECONDS = 3;
    private static final int MULTI_KEYS_MAX = 6;
    /** One request of so many. */
    private static final int FLUSH_EVERY = 800;

    private Workloads() {}

    static Map<String, Supplier<Workload>> all() {
        Map<String, Supplier<Workload>> all = new LinkedHashMap<>();
        all.put("register", Register::new);
        all.put("counter", Counter::new);
        all.put("set", Elements::new);
        all.put(LIST_APPEND, ListAppend::new);
        all.put("multi-read", MultiRead::new);
        all.put(EXPIRY, Expiry::new);
        all.put("flush", Flush::new);
        all.put("mixed", Mixed::new);
        return all;
    }

    private abstract static class OfPool implements Workload {
        final KeyPool pool;
        private final AtomicLong values = new AtomicLong();

        OfPool(KeyPool pool) {
            this.pool = pool;
        }

        long nextValue() {
            return values.incrementAndGet();
        }

        @Override
        public void heard(Request request, List<Heard> heard, Memory memory) {
            for (int i = 0; i < heard.size(); i++) {
                String key = request.key(i);
                Heard each = heard.get(i);
                if (key == null) {
                    continue;
                }
                if (each.outcome() == Outcome.UNKNOWN && !request.function().equals(Request.READ)) {
                    pool.outcomeUnknown(key);
                }
                if (each.answer() != null && each.answer().cas() != null) {
                    memory.casIds.put(key, each.answer().cas());
                }
                if (each.is(Status.NOT_FOUND)
                        || each.is(Status.NOT_STORED) && request.function().equals("append")) {
                    memory.missing.add(key);
                }
            }
        }

        @Override
        public List<String> keys() {
            return pool.all();
        }
    }

    /** {@code gets}, {@code set}, {@code cas} with the id that was read last, {@code delete}. */
    private static final class Register extends OfPool {
        Register() {
            super(new KeyPool("register", 6, 60));
        }

        @Override
        public Request next(Random random, Memory memory) {
            String key = pool.pick(random).key();
            int roll = random.nextInt(20);
            Long casId = memory.casIds.get(key);
            if (roll < 7 && casId != null) {
                return Request.cas(key, "v" + nextValue(), casId);
            } else if (roll < 11) {
                return Request.set(key, "v" + nextValue(), 0);
            }
            return roll == 11 ? Request.delete(key) : Request.read(key);
        }
    }

    private static final class Counter extends OfPool {
        Counter() {
            super(new KeyPool("counter", 5, 80));
        }

        @Override
        public Request next(Random random, Memory memory) {
            String key = pool.pick(random).key();
            if (memory.missing.remove(key)) {
                return Request.add(key, Long.toString(COUNTER_START));
            }
            long delta = 1 + random.nextInt(COUNTER_DELTA_MAX);
            return switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> Request.incr(key, delta);
                case 4, 5, 6 -> Request.decr(key, delta);
                default -> Request.read(key);
            };
        }
    }

    /** Appends, and reads after them. */
    private abstract static class Appending extends OfPool {
        private final int readsOfTen;

        Appending(KeyPool pool, int readsOfTen) {
            super(pool);
            this.readsOfTen = readsOfTen;
        }

        @Override
        public Request next(Random random, Memory memory) {
            String key = pool.pick(random).key();
            if (memory.missing.remove(key)) {
                return Request.add(key, nextValue() + " ");
            }
            boolean reads = random.nextInt(10) < readsOfTen;
            return reads ? Request.read(key) : Request.append(key, nextValue() + " ");
        }
    }

    /** Sets that grow for long: nothing may get lost, nothing may be there twice. */
    private static final class Elements extends Appending {
        Elements() {
            super(new KeyPool("set", 12, 150), 4);
        }
    }

    /** Short lists that are read as often as they grow, in a form that Elle knows. */
    private static final class ListAppend extends Appending {
        ListAppend() {
            super(new KeyPool("list", 16, 50), 5);
        }
    }

    private static final class MultiRead extends OfPool {
        MultiRead() {
            super(new KeyPool("multi", 12, 60));
        }

        @Override
        public Request next(Random random, Memory memory) {
            if (random.nextInt(10) < 6) {
                return Request.set(pool.pick(random).key(), "v" + nextValue(), 0);
            }
            Set<String> keys = new LinkedHashSet<>();
            int count = 2 + random.nextInt(MULTI_KEYS_MAX - 1);
            for (int i = 0; i < count; i++) {
                keys.add(pool.pick(random).key());
            }
            return Request.read(List.copyOf(keys));
        }
    }

    /** Keys live for some seconds here, so that they expire in the meantime. */
    private static final class Expiry extends OfPool {
        private final KeyPool once = new KeyPool(SET_ONCE, 30, 60);

        Expiry() {
            super(new KeyPool("expiring", 40, 60));
        }

        /** An item is as good as expired when it was proposed for longer than it was to live before it was committed. */
        @Override
        public long toleranceMillis() {
            return (EXPTIME_MAX_SECONDS + 1) * 1000L;
        }

        @Override
        public Request next(Random random, Memory memory) {
            long exptime = 1 + random.nextInt(EXPTIME_MAX_SECONDS);
            if (random.nextInt(3) == 0) {
                KeyPool.Pick pick = once.pick(random);
                return pick.ordinal() == 0
                        ? Request.set(pick.key(), "v" + nextValue(), exptime)
                        : Request.read(pick.key());
            }
            String key = pool.pick(random).key();
            return switch (random.nextInt(10)) {
                case 0, 1, 2 -> Request.set(key, "v" + nextValue(), exptime);
                case 3 -> Request.touch(key, exptime);
                case 4 -> Request.readAndTouch(key, exptime);
                default -> Request.read(key);
            };
        }

        @Override
        public List<String> keys() {
            List<String> keys = new ArrayList<>(pool.all());
            keys.addAll(once.all());
            return keys;
        }
    }

    private static final class Flush extends OfPool {
        Flush() {
            super(new KeyPool("flushed", 10, 60));
        }

        @Override
        public Request next(Random random, Memory memory) {
            if (random.nextInt(FLUSH_EVERY) == 0) {
                return Request.flushAll();
            }
            String key = pool.pick(random).key();
            return switch (random.nextInt(10)) {
                case 0, 1 -> Request.set(key, "v" + nextValue(), 0);
                case 2, 3 -> Request.add(key, "v" + nextValue());
                case 4 -> Request.append(key, "+" + nextValue());
                default -> Request.read(key);
            };
        }
    }

    /** All that do not spoil each other's checks. */
    private static final class Mixed implements Workload {
        private final List<Workload> parts =
                List.of(new Register(), new Counter(), new Elements(), new ListAppend(), new MultiRead());

        @Override
        public Request next(Random random, Memory memory) {
            return parts.get(random.nextInt(parts.size())).next(random, memory);
        }

        @Override
        public void heard(Request request, List<Heard> heard, Memory memory) {
            parts.forEach(part -> part.heard(request, heard, memory));
        }

        @Override
        public List<String> keys() {
            return parts.stream().flatMap(part -> part.keys().stream()).toList();
        }
    }
}
