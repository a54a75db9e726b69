package io.ringleader.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class ItemPagesPropertyTest {
    private static final long NO_LIMIT = Long.MAX_VALUE;

    private final Items items = new Items();
    private final ItemDraft draft = new ItemDraft();

    private void put(int key, byte[] value, long expiresAtMillis) {
        byte[] bytes = keyOf(key);
        items.put(draft.begin(bytes, 0, bytes.length, 0)
                .value(value, 0, value.length)
                .clientFlags(key)
                .expiresAtMillis(expiresAtMillis));
        items.moveTogether();
    }

    private void remove(int key) {
        byte[] bytes = keyOf(key);
        items.removeKey(bytes, 0, bytes.length);
        items.moveTogether();
    }

    private static byte[] keyOf(int key) {
        return Integer.toString(key).getBytes();
    }

    private static int valueLength(Random random) {
        return switch (random.nextInt(200)) {
            case 0 -> random.nextInt(2 * ItemPages.PAGE_BYTES);
            case 1, 4, 5 -> ItemPages.LARGE_BYTES - 60 + random.nextInt(40);
            case 2, 3 -> random.nextInt(ItemPages.LARGE_BYTES);
            default -> random.nextInt(400);
        };
    }

    private void requireSame(Map<Integer, byte[]> model) {
        model.forEach((key, value) -> {
            byte[] bytes = keyOf(key);
            Item item = items.visible(bytes, 0, bytes.length);
            assertThat(item).isNotNull();
            assertThat(item.clientFlags()).isEqualTo(key);
            assertThat(Arrays.copyOfRange(item.data(), item.valueOffset(), item.valueOffset() + item.valueLength()))
                    .isEqualTo(value);
        });
        assertThat(items.count()).isEqualTo(model.size());
    }

    @Property(tries = 25)
    void whateverIsPutRemovedMovedAndCapturedEveryItemKeepsItsBytesAndHolesStayFew(@ForAll long seed) {
        Random random = new Random(seed);
        int keys = 1 + random.nextInt(1000);
        Map<Integer, byte[]> model = new HashMap<>();
        List<Leases.Lease> leases = new ArrayList<>();
        for (int step = 0; step < 4000; step++) {
            int key = random.nextInt(keys);
            if (random.nextInt(100) < ((step / 1000) % 2 == 0 ? 80 : 30)) {
                byte[] value = new byte[valueLength(random)];
                random.nextBytes(value);
                put(key, value, random.nextInt(3) == 0 ? 1 + random.nextInt(50) : Item.NEVER);
                model.put(key, value);
                // all that expires does so after the end
            } else {
                remove(key);
                model.remove(key);
            }
            if (random.nextInt(300) == 0) {
                leases.add(items.lease());
            }
            if (random.nextInt(300) == 0 && !leases.isEmpty()) {
                leases.remove(random.nextInt(leases.size())).giveBack();
            }
        }
        requireSame(model);
        long live = model.entrySet().stream()
                .mapToLong(each ->
                        ItemPages.cellBytes(Item.HEADER_BYTES + keyOf(each.getKey()).length + each.getValue().length))
                .sum();
        // a quarter may be holes; beside that there are the page that is being filled and the one that is cleared
        assertThat(items.pageBytes()).isLessThanOrEqualTo(live * 4 / 3 + 2 * ItemPages.PAGE_BYTES);
        model.keySet().forEach(this::remove);
        assertThat(items.pageBytes()).isZero();
    }

    @Property(tries = 30)
    void aCaptureKeepsItsBytesWhateverIsWrittenAfterwardsUntilItIsReleased(@ForAll long seed) {
        Random random = new Random(seed);
        StoreDriver driver = new StoreDriver();
        List<SnapshotCapture> captures = new ArrayList<>();
        List<Long> digests = new ArrayList<>();
        for (int step = 0; step < 400; step++) {
            String key = "key" + random.nextInt(60);
            driver.limits(NO_LIMIT, 1 << 20)
                    .run(Command.set(
                            key, 0, 0, Character.toString('a' + step % 26).repeat(random.nextInt(4) * 300)));
            driver.run(Command.touch(key, 1 + random.nextInt(1000)));
            if (step % 20 == 0) {
                captures.add(driver.store.beginCapture());
                digests.add(driver.store.digest());
            }
            if (random.nextInt(40) == 0 && !captures.isEmpty()) {
                int released = random.nextInt(captures.size());
                captures.remove(released).release();
                digests.remove(released);
            }
        }
        for (int i = 0; i < captures.size(); i++) {
            assertThat(digestOf(captures.get(i))).isEqualTo(digests.get(i));
        }
    }

    private static long digestOf(SnapshotCapture capture) {
        try {
            return capture.digest();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Example
    void anItemThatKeepsItsSizeIsWrittenOverWhereItIsUnlessACaptureReadsIt() {
        put(1, new byte[100], Item.NEVER);
        Item before = items.visible(keyOf(1), 0, 1);
        put(1, new byte[99], Item.NEVER);
        assertThat(items.visible(keyOf(1), 0, 1).address()).isEqualTo(before.address());
        Leases.Lease lease = items.lease();
        put(1, new byte[100], Item.NEVER);
        assertThat(before.valueLength()).isEqualTo(99);
        Item after = items.visible(keyOf(1), 0, 1);
        assertThat(after.address()).isNotEqualTo(before.address());
        lease.giveBack();
        put(1, new byte[97], Item.NEVER);
        assertThat(items.visible(keyOf(1), 0, 1).address()).isEqualTo(after.address());
    }

    @Example
    void aFewItemsTakeLittle() {
        put(1, new byte[10], Item.NEVER);
        assertThat(items.pageBytes()).isLessThanOrEqualTo(1024);
    }

    @Example
    void allItemsInOnePageAreMovedWhenTheyAreFew() {
        for (int key = 0; key < 5000; key++) {
            put(key, new byte[100], Item.NEVER);
        }
        long full = items.pageBytes();
        for (int key = 0; key < 5000; key++) {
            if (key % 10 != 0) {
                remove(key);
            }
        }
        assertThat(items.pageBytes()).isLessThan(full / 4);
    }
}
