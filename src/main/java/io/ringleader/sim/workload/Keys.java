package io.ringleader.sim.workload;

import io.ringleader.ring.Ring;
import io.ringleader.sim.workload.Key.Use;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The keys of a run: some are asked often and most seldom, and every partition has one. */
final class Keys {
    static final int NAME_MAX_BYTES = 250;
    private static final int TRIES = 4;
    private static final List<Use> USES =
            List.of(Use.MIXED, Use.TIMED, Use.MIXED, Use.WORDS, Use.TIMED, Use.TALLY, Use.MIXED, Use.TIMED);

    private final Random random;
    private final Key[] inUse;
    private final List<Key> all = new ArrayList<>();

    Keys(Random random, Ring ring, int partitions, int count) {
        this.random = random;
        inUse = new Key[Math.max(partitions, count)];
        int firstUse = random.nextInt(USES.size());
        for (int i = 0; i < inUse.length; i++) {
            String name = draw();
            while (i < partitions && partitionOf(name, ring) != i) {
                name = draw();
            }
            add(i, new Key(name, USES.get((firstUse + i) % USES.size())));
        }
    }

    private static int partitionOf(String name, Ring ring) {
        byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
        return ring.partitionOf(bytes, 0, bytes.length);
    }

    private void add(int place, Key key) {
        inUse[place] = key;
        all.add(key);
    }

    /** Any bytes but spaces and control characters; sometimes as long as a key may be. */
    private String draw() {
        StringBuilder name = new StringBuilder("k" + all.size());
        boolean plain = random.nextBoolean();
        int length = random.nextInt(12) == 0 ? NAME_MAX_BYTES : name.length() + 1 + random.nextInt(12);
        while (name.length() < length) {
            int c = plain ? 'a' + random.nextInt(26) : '!' + random.nextInt(0x100 - '!');
            if (plain || c < 0x7f || c > 0xa0) {
                name.append((char) c);
            }
        }
        return name.toString();
    }

    /** All that were ever used. */
    List<Key> all() {
        return all;
    }

    /** One that may be asked something; null if, for once, none is found. */
    Key pick() {
        for (int i = 0; i < TRIES; i++) {
            double drawn = random.nextDouble();
            int place = (int) (inUse.length * drawn * drawn * drawn);
            if (inUse[place].isWorn()) {
                add(place, new Key(draw(), inUse[place].use));
            }
            if (!inUse[place].isBusy()) {
                return inUse[place];
            }
        }
        return null;
    }

    /** Up to so many more of the same use, all different. */
    List<Key> pickWith(Key first, int more) {
        List<Key> picked = new ArrayList<>(List.of(first));
        for (int i = 0; i < more; i++) {
            Key next = pick();
            if (next != null && next.use == first.use && !picked.contains(next)) {
                picked.add(next);
            }
        }
        return picked;
    }
}
