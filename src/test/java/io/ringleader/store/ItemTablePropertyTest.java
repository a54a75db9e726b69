package io.ringleader.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
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

    private static Item item(int key, long hash) {
        byte[] data = ("key" + key).getBytes(ISO_8859_1);
        return new Item(data, data.length, 0, 0, Item.NEVER, hash, 0);
    }

    private static Item find(ItemTable table, Item like) {
        return table.find(like.data(), 0, like.keyLength(), like.hash());
    }

    @Property(tries = 300)
    void theTableIsAMapWithPutRemoveClearAndSharing(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int distinctHashes) {
        Random random = new Random(seed);
        int keys = 1 + random.nextInt(120);
        ItemTable table = new ItemTable();
        Map<Integer, Item> model = new HashMap<>();
        List<Item[][]> shared = new ArrayList<>();
        List<Set<Item>> sharedModels = new ArrayList<>();
        for (int step = 0; step < 800; step++) {
            int key = random.nextInt(keys);
            Item item = item(key, crowdedHash(key, distinctHashes));
            // Phases of growing and of shrinking.
            boolean growing = (step / 200) % 2 == 0;
            if (random.nextInt(4) == 0 ^ growing) {
                assertThat(table.put(item)).isSameAs(model.put(key, item));
            } else if (model.containsKey(key)) {
                table.remove(model.remove(key));
            } else {
                assertThatThrownBy(() -> table.remove(item)).isInstanceOf(IllegalStateException.class);
            }
            assertThat(find(table, item)).isSameAs(model.get(key));
            if (random.nextInt(50) == 0) {
                shared.add(table.share());
                sharedModels.add(identities(model.values()));
            }
            if (random.nextInt(500) == 0) {
                table.clear();
                model.clear();
            }
        }
        assertThat(table.size()).isEqualTo(model.size());
        for (int key = 0; key < keys; key++) {
            assertThat(find(table, item(key, crowdedHash(key, distinctHashes)))).isSameAs(model.get(key));
        }
        for (int i = 0; i < shared.size(); i++) {
            assertThat(contentOf(shared.get(i))).isEqualTo(sharedModels.get(i));
        }
    }

    private static Set<Item> identities(Collection<Item> items) {
        Set<Item> set = Collections.newSetFromMap(new IdentityHashMap<>());
        set.addAll(items);
        return set;
    }

    private static Set<Item> contentOf(Item[][] shards) {
        Set<Item> set = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Item[] shard : shards) {
            if (shard != null) {
                Arrays.stream(shard).filter(item -> item != null).forEach(set::add);
            }
        }
        return set;
    }

    @Example
    void aLookupUsesOnlyTheGivenPartOfTheArray() {
        ItemTable table = new ItemTable();
        Item item = item(1, 99);
        table.put(item);
        byte[] around = "xxkey1yy".getBytes(ISO_8859_1);
        assertThat(table.find(around, 2, 4, 99)).isSameAs(item);
        assertThat(table.find(around, 2, 5, 99)).isNull();
        assertThat(table.find(around, 2, 4, 98)).isNull();
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
