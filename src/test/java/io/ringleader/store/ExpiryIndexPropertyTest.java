package io.ringleader.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ExpiryIndexPropertyTest {
    private static final Comparator<Item> ORDER =
            Comparator.comparingLong(Item::expiresAtMillis).thenComparing(Item::compareKeys);

    private final ItemPages pages = new ItemPages(new Leases());

    private Item item(int key, long expiresAtMillis) {
        byte[] bytes = ("key" + key).getBytes(ISO_8859_1);
        return ItemTablePropertyTest.store(
                pages, new ItemDraft().begin(bytes, 0, bytes.length, 0).expiresAtMillis(expiresAtMillis));
    }

    @Property(tries = 400)
    void theIndexIsAnOrderedSet(
            @ForAll long seed,
            @ForAll @IntRange(min = 4, max = 9) int blockItems,
            @ForAll @IntRange(min = 1, max = 300) int distinctTimes) {
        Random random = new Random(seed);
        ExpiryIndex index = new ExpiryIndex(pages, blockItems);
        TreeSet<Item> model = new TreeSet<>(ORDER);
        for (int step = 0; step < 600; step++) {
            boolean growing = (step / 150) % 2 == 0;
            if (random.nextInt(4) == 0 ^ growing) {
                Item item = item(random.nextInt(200), 1 + random.nextInt(distinctTimes));
                Item there = model.floor(item);
                if (model.add(item)) {
                    index.add(item);
                } else {
                    model.remove(there);
                    model.add(item);
                    index.replace(there.address(), item);
                }
            } else if (!model.isEmpty()) {
                Item victim = random.nextBoolean() ? model.first() : randomOf(model, random);
                model.remove(victim);
                index.remove(victim);
            }
            requireSame(index, model, random.nextInt(distinctTimes + 2));
        }
        List<Long> drained = new ArrayList<>();
        while (!index.isEmpty()) {
            drained.add(index.first().address());
            index.remove(index.first());
        }
        assertThat(drained).isEqualTo(model.stream().map(Item::address).toList());
    }

    private Item randomOf(TreeSet<Item> model, Random random) {
        Item from = model.ceiling(item(random.nextInt(200), random.nextInt(300)));
        return from == null ? model.last() : from;
    }

    private static void requireSame(ExpiryIndex index, TreeSet<Item> model, long time) {
        assertThat(index.isEmpty()).isEqualTo(model.isEmpty());
        assertThat(index.isEmpty() ? 0 : index.first().address())
                .isEqualTo(model.isEmpty() ? 0 : model.first().address());
        long next = model.stream()
                .mapToLong(Item::expiresAtMillis)
                .filter(expiry -> expiry > time)
                .findFirst()
                .orElse(ExpiryIndex.NONE);
        assertThat(index.nextAfter(time)).isEqualTo(next);
    }

    @Example
    void removingWhatIsNotThereIsAnError() {
        ExpiryIndex index = new ExpiryIndex(pages);
        Item item = item(1, 5);
        assertThatThrownBy(() -> index.remove(item)).isInstanceOf(IllegalStateException.class);
        index.add(item);
        assertThatThrownBy(() -> index.remove(item(1, 5))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> index.replace(item(1, 5).address(), item)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> index.remove(item(2, 5))).isInstanceOf(IllegalStateException.class);
        index.remove(item);
        assertThat(index.isEmpty()).isTrue();
    }
}
