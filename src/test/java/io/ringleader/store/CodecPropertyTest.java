package io.ringleader.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class CodecPropertyTest {
    @Provide
    Arbitrary<List<Command>> commands() {
        return Step.anyCommand().list().ofMaxSize(20);
    }

    @Property(tries = 300)
    void commandsComeBackAsTheyWereWritten(
            @ForAll("commands") List<Command> commands, @ForAll @IntRange(max = 9) int offset) {
        byte[] encoded = Command.encode(commands);
        byte[] shifted = new byte[encoded.length + 2 * offset];
        System.arraycopy(encoded, 0, shifted, offset, encoded.length);
        CommandReader r = new CommandReader().reset(shifted, offset, encoded.length);
        List<Command> read = new ArrayList<>();
        while (r.next()) {
            read.add(new Command(
                    r.op(),
                    new String(shifted, r.keyOffset(), r.keyLength(), ISO_8859_1),
                    r.clientFlags(),
                    r.exptime(),
                    r.cas(),
                    r.delta(),
                    new String(shifted, r.valueOffset(), r.valueLength(), ISO_8859_1),
                    new Command.General(
                            r.options(), r.mode(), r.newCas(), r.vivifyExptime(), r.recacheExptime(), r.initial())));
        }
        assertThat(r.position()).isEqualTo(offset + encoded.length);
        assertThat(Command.encode(read)).isEqualTo(encoded);
        assertThat(read.stream().map(Command::key).toList())
                .isEqualTo(commands.stream().map(Command::key).toList());
    }

    @Property(tries = 300)
    void aBatchHeaderComesBackAsItWasWrittenAndStamped(
            @ForAll("commands") List<Command> commands,
            @ForAll @IntRange(min = 1, max = 65_535) int node,
            @ForAll @LongRange(min = 0) long incarnation,
            @ForAll @LongRange(min = 0) long sequence,
            @ForAll @LongRange(min = 0, max = CommandBatch.MAX_TIME_MILLIS) long timeMillis,
            @ForAll @LongRange(min = 0) long partitionMaxBytes,
            @ForAll @IntRange(min = 0, max = CommandBatch.MAX_ITEM_MAX_BYTES) int itemMaxBytes) {
        byte[] batch = Command.batch(node, incarnation, sequence, commands);
        CommandBatch.validate(batch, 0, batch.length);
        byte[] inside = new byte[batch.length + 7];
        System.arraycopy(batch, 0, inside, 3, batch.length);
        byte[] stamped = CommandBatch.stamp(inside, 3, batch.length, timeMillis, partitionMaxBytes, itemMaxBytes);
        CommandBatch.validate(stamped, 0, stamped.length);
        assertThat(CommandBatch.timeMillis(stamped, 0)).isEqualTo(timeMillis);
        assertThat(CommandBatch.partitionMaxBytes(stamped, 0)).isEqualTo(partitionMaxBytes);
        assertThat(CommandBatch.itemMaxBytes(stamped, 0)).isEqualTo(itemMaxBytes);
        assertThat(CommandBatch.sessionNode(stamped, 0)).isEqualTo(node);
        assertThat(CommandBatch.sessionIncarnation(stamped, 0)).isEqualTo(incarnation);
        assertThat(CommandBatch.sessionSequence(inside, 3)).isEqualTo(sequence);
        assertThat(CommandBatch.commandCount(stamped, 0)).isEqualTo(commands.size());
        assertThat(Arrays.copyOfRange(stamped, CommandBatch.HEADER_BYTES, stamped.length))
                .isEqualTo(Command.encode(commands));
    }

    @Property
    void resultsComeBackAsTheyWereWritten(
            @ForAll byte[] value, @ForAll int flags, @ForAll long cas, @ForAll long number) {
        ByteWriter w = new ByteWriter(0);
        byte[] key = "xkeyx".getBytes(ISO_8859_1);
        ResultWriter.code(w, Result.MISS);
        ResultWriter.value(w, key, 1, 3, flags, cas, value, 0, value.length);
        ResultWriter.number(w, number);
        assertThat(w.length()).isEqualTo(1 + (int) ResultWriter.valueBytes(3, value.length) + 9);
        assertThat(Results.decode(w))
                .containsExactly(
                        "MISS",
                        Results.value("key", flags, cas, new String(value, ISO_8859_1)),
                        "NUMBER " + Long.toUnsignedString(number));
    }

    @Example
    void theBytesOfABatchAreTheseAndStayThese() {
        byte[] batch = Command.batch(3, 4, 5, List.of(Command.set("k", 6, 7, "v"), Command.get("k")));
        byte[] stamped = CommandBatch.stamp(batch, 0, batch.length, 8, 9, 10);
        assertThat(stamped).isEqualTo(new byte[] {
            1, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 10, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0,
            0, 0, 0, 0, 0, 5, 0, 0, 0, 2, 3, 1, 'k', 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 1, 'v', 1, 1, 'k'
        });
    }

    @Example
    void keysThatAreEmptyOrTooLongAreRefusedByTheWriter() {
        byte[] key = new byte[251];
        assertThatThrownBy(() -> CommandWriter.get(new ByteWriter(), key, 0, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CommandWriter.get(new ByteWriter(), key, 0, 251))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Example
    void illegalHeadersAreRefusedWithTheFieldAndItsValue() {
        byte[] batch = Command.batch(1, 1, 1, List.of(Command.get("k")));
        refuses(batch, 0, 2, "The batch header has an illegal version: 2.");
        refuses(batch, 21, 1, "The batch header has an illegal reserved byte: 1.");
        refuses(batch, 45, 2, "The batch announces 2 commands, but contains 1.");
        refuses(batch, 23, 1, "The batch header has an illegal session node: 65537.");
        refuses(batch, 1, -1, "The batch header has an illegal time: -72057594037927936.");
        refuses(batch, 46, 99, "There is an unknown operation 99 at offset 46.");
        refuses(batch, 47, 0, "The command GET at offset 46 has an illegal key length of 0.");
        refuses(batch, 47, 2, "A command is cut off at offset 48: it needs 2 more bytes, but only 1 follow.");
        byte[] sessionless = Command.batch(0, 0, 0, List.of(Command.get("k")));
        assertThatThrownBy(() -> CommandBatch.validate(sessionless, 0, sessionless.length))
                .hasMessageContaining("has no session");
        assertThatThrownBy(() -> CommandBatch.validate(new byte[45], 0, 45))
                .isInstanceOf(MalformedBytesException.class);
    }

    private static void refuses(byte[] legal, int at, int value, String message) {
        byte[] batch = legal.clone();
        batch[at] = (byte) value;
        assertThatThrownBy(() -> CommandBatch.validate(batch, 0, batch.length))
                .isInstanceOf(MalformedBytesException.class)
                .hasMessage(message);
    }

    @Example
    void theWriterGrowsOverwritesCutsAndChecksItsBounds() {
        ByteWriter w = new ByteWriter(1);
        w.putInt(1);
        w.putLong(2);
        w.setInt(0, 7);
        w.setLong(4, -9);
        assertThat(w.toByteArray()).isEqualTo(new byte[] {0, 0, 0, 7, -1, -1, -1, -1, -1, -1, -1, -9});
        w.truncate(4);
        assertThat(w.length()).isEqualTo(4);
        assertThatThrownBy(() -> w.setLong(0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> w.setInt(1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> w.truncate(5)).isInstanceOf(IllegalArgumentException.class);
        w.clear();
        assertThat(w.toByteArray()).isEmpty();
    }
}
