package io.ringleader.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The general operations where they are more than what the naive model says of them. */
class GeneralOperationsTest {
    private static final byte[] KEY = {'k'};

    private final PartitionStore store = new PartitionStore(1);
    private final ResultReader result = new ResultReader();
    private long nowMillis = StoreDriver.START_MILLIS;
    private long sequence;

    private byte[] entry(Consumer<ByteWriter> command) {
        ByteWriter batch = new ByteWriter();
        CommandBatch.begin(batch);
        command.accept(batch);
        CommandBatch.session(batch, 1, 1, ++sequence, 1);
        return CommandBatch.stamp(batch.array(), 0, batch.length(), nowMillis, 1 << 20, 1000);
    }

    private ResultReader apply(PartitionStore to, byte[] entry) {
        ByteWriter results = new ByteWriter();
        to.apply(to.appliedIndex() + 1, entry, results);
        byte[] bytes = results.toByteArray();
        result.reset(bytes, 0, bytes.length).next();
        return result;
    }

    private ResultReader write(ItemCommand command) {
        return apply(store, entry(w -> command.writeTo(w, KEY, 0, 1)));
    }

    private ResultReader store(ItemCommand command, String value) {
        byte[] bytes = value.getBytes(ISO_8859_1);
        return apply(store, entry(w -> command.writeTo(w, KEY, 0, 1, bytes, 0, bytes.length)));
    }

    private ResultReader read(ItemCommand command) {
        ByteWriter w = new ByteWriter();
        command.writeTo(w, KEY, 0, 1);
        ByteWriter results = new ByteWriter();
        store.read(nowMillis, w.array(), 0, w.length(), 1, results, 1000);
        byte[] bytes = results.toByteArray();
        result.reset(bytes, 0, bytes.length).next();
        return result;
    }

    private static ItemCommand set() {
        return new ItemCommand().store(Op.SET, 5);
    }

    @Test
    void aStoreWithACasIdAnswersTheNewOne() {
        assertThat(store(set(), "one").cas()).isEqualTo(1);
        assertThat(store(set().compare(1), "two").cas()).isEqualTo(2);
        assertThat(store(set().compare(1), "three").code()).isEqualTo(Result.EXISTS);
        assertThat(store(new ItemCommand().store(Op.APPEND, 0).compare(2), "!").cas())
                .isEqualTo(3);
        assertThat(result.sizeBytes()).isEqualTo(4);
        assertThat(write(new ItemCommand().remove().compare(2)).code()).isEqualTo(Result.EXISTS);
        assertThat(write(new ItemCommand().remove().compare(3)).code()).isEqualTo(Result.DELETED);
        assertThat(store(set().compare(3), "four").code()).isEqualTo(Result.NOT_FOUND);
    }

    @Test
    void arithmeticMakesANumberOnlyIfToldSo() {
        assertThat(write(new ItemCommand().arithmetic(5)).code()).isEqualTo(Result.NOT_FOUND);
        assertThat(write(new ItemCommand().arithmetic(5).vivify(100).initial(40))
                        .number())
                .isEqualTo(40);
        assertThat(result.ttlSeconds()).isEqualTo(100);
        assertThat(write(new ItemCommand().arithmetic(5).vivify(7).initial(40)).number())
                .isEqualTo(45);
        assertThat(result.ttlSeconds()).isEqualTo(100);
        assertThat(result.cas()).isEqualTo(2);
    }

    @Test
    void aTouchAnswersWhatItTouched() {
        store(set(), "value");
        assertThat(write(new ItemCommand().fetch().touch(60)).has(Facts.VALUE)).isFalse();
        assertThat(result.clientFlags()).isEqualTo(5);
        assertThat(result.cas()).isEqualTo(1);
        assertThat(write(new ItemCommand().fetch().touch(30).with(Options.VALUE))
                        .valueLength())
                .isEqualTo(5);
        assertThat(result.ttlSeconds()).isEqualTo(30);
        assertThat(new String(result.buffer(), result.keyOffset(), result.keyLength(), ISO_8859_1))
                .isEqualTo("k");
    }

    @Test
    void aReadOfAStaleItemThatNobodyHasWonIsSentToTheLog() {
        store(set(), "value");
        write(new ItemCommand().remove().with(Options.STALE));
        ItemCommand winning = new ItemCommand().fetch().with(Options.WIN_STALE);
        assertThat(winning.isRead()).isTrue();
        long digest = store.digest();
        ItemCommand looking = new ItemCommand().fetch().with(Options.UNSEEN);
        assertThat(read(looking).has(Facts.STALE)).isTrue();
        nowMillis += 3_000;
        assertThat(read(winning).code()).isEqualTo(Result.NEEDS_LOG);
        assertThat(result.keyLength()).isEqualTo(1);
        assertThat(Hints.of(result)).isEqualTo(new Hints(false, 3));
        assertThat(read(looking).has(Facts.HIT_BEFORE)).isTrue();
        assertThat(read(winning).code()).isEqualTo(Result.NEEDS_LOG);
        assertThat(Hints.of(result)).isEqualTo(new Hints(true, 0));
        assertThat(store.digest()).isEqualTo(digest);
        assertThat(write(winning).has(Facts.WON)).isTrue();
        assertThat(read(winning).code()).isEqualTo(Result.ITEM);
        assertThat(result.has(Facts.WON)).isFalse();
        assertThat(result.has(Facts.TAKEN)).isTrue();
    }

    @Test
    void accessesAreNoPartOfTheState() {
        PartitionStore replica = new PartitionStore(1);
        byte[] value = {'v'};
        byte[] set = entry(w -> set().writeTo(w, KEY, 0, 1, value, 0, 1));
        apply(store, set);
        apply(replica, set);
        nowMillis += 9000;
        assertThat(read(new ItemCommand().fetch().with(Options.UNSEEN)).has(Facts.HIT_BEFORE))
                .isFalse();
        assertThat(result.idleSeconds()).isEqualTo(9);
        read(new ItemCommand().fetch());
        nowMillis += 3000;
        byte[] touch = entry(w -> new ItemCommand().fetch().touch(100).writeTo(w, KEY, 0, 1));
        assertThat(apply(store, touch).has(Facts.HIT_BEFORE)).isTrue();
        assertThat(result.idleSeconds()).isEqualTo(3);
        assertThat(apply(replica, touch).has(Facts.HIT_BEFORE)).isFalse();
        assertThat(result.idleSeconds()).isEqualTo(12);
        assertThat(Results.snapshot(replica)).isEqualTo(Results.snapshot(store));
        assertThat(apply(store, touch).has(Facts.HIT_BEFORE)).as("a repeat").isFalse();
        assertThat(result.idleSeconds()).isZero();
        assertThat(result.ttlSeconds()).isEqualTo(100);
    }

    @Test
    void theBytesOfACommandAndItsResultAreTheseAndStayThese() {
        ByteWriter w = new ByteWriter();
        new ItemCommand().fetch().touch(7).compare(6).with(Options.VALUE).writeTo(w, KEY, 0, 1);
        byte[] command = {14, 1, 'k', 0, 0x25, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 7};
        assertThat(w.toByteArray()).isEqualTo(command);
        store(set(), "v");
        ResultReader read = read(new ItemCommand().fetch().with(Options.VALUE));
        byte[] answer = {
            14, 0x20, 1, 'k', 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 1, 0, 0, 0,
            0, 0, 0, 0, 1, 'v'
        };
        assertThat(read.buffer()).isEqualTo(answer);
    }

    @Test
    void whatDoesNotGoTogetherIsRefused() {
        ByteWriter w = new ByteWriter();
        ItemCommand wrong = new ItemCommand().remove().with(Options.SUBTRACT);
        assertThatThrownBy(() -> wrong.writeTo(w, KEY, 0, 1)).hasMessage("The options 1000 are not all for REMOVE.");
        assertThatThrownBy(() -> set().writeTo(w, KEY, 0, 1)).hasMessage("A store is written with its value.");
        assertThatThrownBy(() -> new ItemCommand().fetch().writeTo(w, KEY, 0, 1, KEY, 0, 1))
                .hasMessage("A FETCH has no value.");
        assertThatThrownBy(() -> new ItemCommand().store(Op.GET, 0)).hasMessage("GET is not a way to store a value.");
        byte[] unknown = {16, 1, 'k', 0x10, 0};
        assertThatThrownBy(() -> new CommandReader().reset(unknown, 0, 5).next())
                .hasMessage("The command REMOVE with its key at offset 2 has options that are not for it: 1000.");
        byte[] mode = {15, 1, 'k', 0, 0, 1};
        assertThatThrownBy(() -> new CommandReader().reset(mode, 0, 6).next())
                .hasMessage("The command STORE with its key at offset 2 has an illegal mode of 1.");
        ItemCommand touch = new ItemCommand().fetch().touch(1);
        assertThatThrownBy(() -> read(touch)).hasMessage("A read contains a FETCH, which has to go through the log.");
    }
}
