package io.ringleader.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ItemTablePropertyTest {
    /** Hashes that all meet in one shard and in few slots, so that runs are long and wrap around the end. */
    private static long crowdedHash(int key, int distinct) {
        return (0x5L << 52) | (key % distinct == 0 ? 0xFFF : (key % distinct) * 0x3FL);
    }

    private final Leases leases = new Leases();
    private final ItemPages pages = new ItemPages(leases);

    /** Gives the item a place, and no table an idea of it. */
    static Item store(ItemPages pages, ItemDraft draft) {
        long address = pages.allocate(draft.cellBytes());
        draft.writeTo(pages.pageOf(address), ItemPages.offsetOf(address));
        return new Item(pages.pageOf(address), address);
    }

    private long store(int key) {
        byte[] bytes = bytesOf(key);
        return store(pages, new ItemDraft().begin(bytes, 0, bytes.length, 0)).address();
    }

    private static byte[] bytesOf(int key) {
        return ("key" + key).getBytes(ISO_8859_1);
    }

    private static long find(ItemTable table, int key, long hash) {
        byte[] bytes = bytesOf(key);
        return table.find(bytes, 0, bytes.length, hash);
    }

    @Property(tries = 300)
    void theTableIsAMapWithAddReplaceRemoveAndSharing(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int distinctHashes) {
        Random random = new Random(seed);
        int keys = 1 + random.nextInt(120);
        ItemTable table = new ItemTable(pages, leases);
        Map<Integer, Long> model = new HashMap<>();
        List<long[][]> shared = new ArrayList<>();
        List<Set<Long>> sharedModels = new ArrayList<>();
        List<Leases.Lease> taken = new ArrayList<>();
        for (int step = 0; step < 800; step++) {
            int key = random.nextInt(keys);
            long hash = crowdedHash(key, distinctHashes);
            // Phases of growing and of shrinking.
            boolean growing = (step / 200) % 2 == 0;
            if (random.nextInt(4) == 0 ^ growing) {
                long address = store(key);
                Long old = model.put(key, address);
                if (old == null) {
                    table.add(hash, address);
                } else {
                    table.replace(hash, old, address);
                }
            } else if (model.containsKey(key)) {
                table.remove(hash, model.remove(key));
            } else {
                assertThatThrownBy(() -> table.remove(hash, store(key))).isInstanceOf(IllegalStateException.class);
            }
            assertThat(find(table, key, hash)).isEqualTo(model.getOrDefault(key, 0L));
            if (random.nextInt(50) == 0) {
                shared.add(table.share());
                sharedModels.add(new HashSet<>(model.values()));
                taken.add(leases.take());
            }
            if (random.nextInt(100) == 0 && !taken.isEmpty()) {
                int given = random.nextInt(taken.size());
                assertThat(contentOf(shared.remove(given))).isEqualTo(sharedModels.remove(given));
                taken.remove(given).giveBack();
            }
        }
        assertThat(table.size()).isEqualTo(model.size());
        for (int key = 0; key < keys; key++) {
            assertThat(find(table, key, crowdedHash(key, distinctHashes))).isEqualTo(model.getOrDefault(key, 0L));
        }
        for (int i = 0; i < shared.size(); i++) {
            assertThat(contentOf(shared.get(i))).isEqualTo(sharedModels.get(i));
        }
    }

    private static Set<Long> contentOf(long[][] shards) {
        Set<Long> set = new HashSet<>();
        for (long[] shard : shards) {
            if (shard != null) {
                Arrays.stream(shard).filter(slot -> slot != 0).forEach(slot -> set.add(ItemTable.addressIn(slot)));
            }
        }
        return set;
    }

    @Example
    void aLookupUsesOnlyTheGivenPartOfTheArray() {
        ItemTable table = new ItemTable(pages, leases);
        long address = store(1);
        table.add(99, address);
        byte[] around = "xxkey1yy".getBytes(ISO_8859_1);
        assertThat(table.find(around, 2, 4, 99)).isEqualTo(address);
        assertThat(table.find(around, 2, 5, 99)).isZero();
        assertThat(table.find(around, 2, 4, 98)).isZero();
    }

    @Example
    void aShardThatNoCaptureReadsAnyMoreIsChangedWhereItIs() {
        ItemTable table = new ItemTable(pages, leases);
        table.add(99, store(1));
        long[][] shared = table.share();
        Leases.Lease lease = leases.take();
        table.add(98, store(2));
        long[][] copied = table.share();
        assertThat(copied[0]).isNotSameAs(shared[0]);
        leases.take().giveBack();
        lease.giveBack();
        table.add(97, store(3));
        assertThat(table.share()[0]).isSameAs(copied[0]);
    }

    @Example
    void manySimilarKeysSpreadOverTheShardsAndSlots() {
        int keys = 200_000;
        int[] perShard = new int[ItemTable.SHARDS];
        int[] perSlot = new int[4096];
        Set<Long> hashes = new HashSet<>();
        for (int i = 0; i < keys; i++) {
            byte[] key = ("user:" + i).getBytes(ISO_8859_1);
            long hash = Hash64.hash(key, 0, key.length);
            hashes.add(hash);
            perShard[ItemTable.shardOf(hash)]++;
            perSlot[(int) hash & 4095]++;
        }
        assertThat(hashes).hasSize(keys);
        // About 49 are expected in each, with a standard deviation of 7.
        assertThat(Arrays.stream(perShard).max().getAsInt()).isLessThan(95);
        assertThat(Arrays.stream(perSlot).max().getAsInt()).isLessThan(95);
        assertThat(Arrays.stream(perShard).min().getAsInt()).isGreaterThan(12);
    }

    @Example
    void theHashOfAKeyNeverChangesBecauseSnapshotsDependOnIt() {
        byte[] key = "the order of items in snapshots".getBytes(ISO_8859_1);
        assertThat(Hash64.hash(key, 0, 0)).isEqualTo(6185462012097717773L);
        assertThat(Hash64.hash(key, 0, 3)).isEqualTo(6341214475505837972L);
        assertThat(Hash64.hash(key, 0, key.length)).isEqualTo(287122655839667999L);
    }
}
