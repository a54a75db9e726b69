package io.ringleader.memcached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ringleader.store.ByteWriter;
import io.ringleader.store.Result;
import io.ringleader.store.ResultReader;
import io.ringleader.store.ResultWriter;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class TextRepliesTest {
    private final ByteWriter out = new ByteWriter();

    private String written() {
        String text = new String(out.array(), 0, out.length(), StandardCharsets.ISO_8859_1);
        out.clear();
        return text;
    }

    private static ResultReader result(Consumer<ByteWriter> encoder) {
        ByteWriter encoded = new ByteWriter();
        encoded.putInt(0);
        encoder.accept(encoded);
        ResultReader reader = new ResultReader().reset(encoded.array(), 4, encoded.length() - 4);
        assertThat(reader.next()).isTrue();
        return reader;
    }

    private static ResultReader code(byte code) {
        return result(w -> ResultWriter.code(w, code));
    }

    private static ResultReader value(String key, int flags, long cas, String value) {
        byte[] keyBytes = Wire.bytes(key);
        byte[] valueBytes = Wire.bytes(value);
        return result(
                w -> ResultWriter.value(w, keyBytes, 0, keyBytes.length, flags, cas, valueBytes, 0, valueBytes.length));
    }

    private String answer(Operation op, ResultReader result) {
        assertThat(TextReplies.of(op, false).write(result, out)).isTrue();
        return written();
    }

    @Example
    void aHitIsAValueBlockWithTheCasIdOnlyForGetsAndGats() {
        assertThat(answer(Operation.GET, value("key", 5, 9, "hello"))).isEqualTo("VALUE key 5 5\r\nhello\r\n");
        assertThat(answer(Operation.GAT, value("key", 0, 9, ""))).isEqualTo("VALUE key 0 0\r\n\r\n");
        assertThat(answer(Operation.GETS, value("key", -1, 9, "a\r\nb")))
                .isEqualTo("VALUE key 4294967295 4 9\r\na\r\nb\r\n");
        assertThat(answer(Operation.GATS, value("\0\u00ff", 0, -1, "x")))
                .isEqualTo("VALUE \0\u00ff 0 1 18446744073709551615\r\nx\r\n");
    }

    @Example
    void aMissIsNothing() {
        assertThat(answer(Operation.GET, code(Result.MISS))).isEmpty();
        assertThat(answer(Operation.GATS, code(Result.MISS))).isEmpty();
    }

    @Example
    void everyCodeHasItsLine() {
        assertThat(answer(Operation.SET, code(Result.STORED))).isEqualTo("STORED\r\n");
        assertThat(answer(Operation.ADD, code(Result.NOT_STORED))).isEqualTo("NOT_STORED\r\n");
        assertThat(answer(Operation.CAS, code(Result.EXISTS))).isEqualTo("EXISTS\r\n");
        assertThat(answer(Operation.CAS, code(Result.NOT_FOUND))).isEqualTo("NOT_FOUND\r\n");
        assertThat(answer(Operation.DELETE, code(Result.DELETED))).isEqualTo("DELETED\r\n");
        assertThat(answer(Operation.TOUCH, code(Result.TOUCHED))).isEqualTo("TOUCHED\r\n");
        assertThat(answer(Operation.FLUSH_ALL, code(Result.OK))).isEqualTo("OK\r\n");
        assertThat(answer(Operation.SET, code(Result.TOO_LARGE)))
                .isEqualTo("SERVER_ERROR object too large for cache\r\n");
        assertThat(answer(Operation.SET, code(Result.OUT_OF_MEMORY)))
                .isEqualTo("SERVER_ERROR out of memory storing object\r\n");
        assertThat(answer(Operation.INCR, code(Result.OUT_OF_MEMORY))).isEqualTo("SERVER_ERROR out of memory\r\n");
        assertThat(answer(Operation.DECR, code(Result.NON_NUMERIC)))
                .isEqualTo("CLIENT_ERROR cannot increment or decrement non-numeric value\r\n");
    }

    @Example
    void noreplyIsSilentWhateverTheResult() {
        for (byte code : new byte[] {Result.STORED, Result.NOT_FOUND, Result.TOO_LARGE, Result.OUT_OF_MEMORY}) {
            assertThat(TextReplies.of(Operation.SET, true).write(code(code), out))
                    .isTrue();
        }
        assertThat(TextReplies.of(Operation.INCR, true).write(result(w -> ResultWriter.number(w, 7)), out))
                .isTrue();
        assertThat(written()).isEmpty();
    }

    @Example
    void aRetrievalThatFailsEndsItsAnswer() {
        assertThat(TextReplies.of(Operation.GET, false).write(code(Result.OUT_OF_MEMORY), out))
                .isFalse();
        assertThat(written()).isEqualTo("SERVER_ERROR out of memory writing get response\r\n");
    }

    @Example
    void aResultThatCannotComeIsABug() {
        assertThatThrownBy(() -> TextReplies.of(Operation.GET, false).write(code(Result.STORED), out))
                .hasMessage("STORED cannot be the result of GET.");
        assertThatThrownBy(() -> TextReplies.of(Operation.SET, true).write(code(Result.MISS), out))
                .hasMessage("MISS cannot be the result of SET.");
    }

    @Property
    void everyNumberIsWrittenAsUnsignedDecimal(@ForAll long number) {
        assertThat(answer(Operation.INCR, result(w -> ResultWriter.number(w, number))))
                .isEqualTo(Long.toUnsignedString(number) + "\r\n");
    }

    @Example
    void theEdgesOfNumbersAreWrittenRight() {
        for (long number :
                new long[] {0, 1, 9, 10, 99, 100, Long.MAX_VALUE, Long.MIN_VALUE, -1, -10, 1_000_000_000_000_000_000L
                }) {
            everyNumberIsWrittenAsUnsignedDecimal(number);
        }
        for (long power = 1; power > 0 && power < Long.MAX_VALUE / 10; power *= 10) {
            everyNumberIsWrittenAsUnsignedDecimal(power);
            everyNumberIsWrittenAsUnsignedDecimal(power - 1);
        }
    }

    @Example
    void linesOfTextCannotBreakTheProtocol() {
        TextReplies.stat("pid", "12", out);
        TextReplies.version("Ringleader 0.1.0", out);
        TextReplies.serverError("partition 3 has no leader:\r\nEND \u00e9", out);
        TextReplies.line(Replies.END, out);
        assertThat(written())
                .isEqualTo(
                        "STAT pid 12\r\nVERSION Ringleader 0.1.0\r\nSERVER_ERROR partition 3 has no leader:??END ?\r\nEND\r\n");
    }
}
