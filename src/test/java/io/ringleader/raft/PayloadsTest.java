package io.ringleader.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PayloadsTest {
    private final Payloads payloads = new Payloads();

    private Entry keep(int bytes, long logBytes) {
        return payloads.keep(new Entry(1, 1, EntryType.COMMANDS, new byte[bytes]), logBytes);
    }

    @Test
    void payloadsLieOneAfterTheOther() {
        Entry first = keep(100, 0);
        Entry second = keep(50, 100);
        assertThat(second.bytes()).isSameAs(first.bytes());
        assertThat(second.offset()).isEqualTo(first.offset() + 100);
    }

    @Test
    void aLogOfLittleTakesLittle() {
        assertThat(keep(10, 0).bytes()).hasSizeLessThanOrEqualTo(1 << 10);
        long logBytes = 0;
        long pageBytes = 0;
        byte[] page = null;
        for (int i = 0; i < 3_000; i++) {
            Entry kept = keep(100, logBytes);
            logBytes += kept.sizeBytes();
            pageBytes += kept.bytes() == page ? 0 : kept.bytes().length;
            page = kept.bytes();
        }
        assertThat(pageBytes).isLessThan(logBytes);
    }

    @Test
    void aLogOfMuchHasPagesOfTheSizeThatIsNeverMoved() {
        assertThat(keep(100, 4 << 20).bytes()).hasSize(Payloads.PAGE_BYTES);
    }

    @Test
    void aLargePayloadHasAnArrayForItselfAndWastesNothingOfThePage() {
        Entry small = keep(100, 4 << 20);
        Entry large = keep(1 << 20, 4 << 20);
        Entry next = keep(100, 5 << 20);
        assertThat(large.bytes()).hasSize(1 << 20);
        assertThat(next.bytes()).isSameAs(small.bytes());
    }

    @Test
    void noPayloadTakesNoPage() {
        assertThat(keep(0, 0).bytes()).isEmpty();
    }
}
