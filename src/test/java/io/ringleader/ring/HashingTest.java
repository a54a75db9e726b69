package io.ringleader.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the vectors that are published with the reference implementation (xxhsum's sanity check). */
class HashingTest {
    private static final long PRIME_32 = 2_654_435_761L;

    @ParameterizedTest(name = "{0} bytes")
    @CsvSource({
        "0, EF46DB3751D8E999, AC75FDA2929B17EF",
        "1, E934A84ADB052768, 5014607643A9B4C3",
        "4, 9136A0DCA57457EE, CAAB286BD8E9FDB5",
        "8, CDBCF538E71D1348, FE0C047A5353CDAC",
        "14, 8282DCC4994E35C8, C3BD6BF63DEB6DF0",
        "32, 18B216492BB44B70, B3F33BDF93ADE409",
        "222, B641AE8CB691C174, 20CB8AB7AE10C14A",
    })
    void itGivesThePublishedHashes(int length, String withoutSeed, String withPrimeAsSeed) {
        byte[] bytes = sanityBuffer(length);
        assertThat(hex(Hashing.xxHash64(bytes, 0, length, 0))).isEqualTo(withoutSeed);
        assertThat(hex(Hashing.xxHash64(bytes, 0, length, PRIME_32))).isEqualTo(withPrimeAsSeed);
    }

    @ParameterizedTest
    @CsvSource({"a, D24EC4F1A98C6E5B", "abc, 44BC2CF5AD770999"})
    void itGivesTheKnownHashesOfShortWords(String word, String hash) {
        byte[] bytes = word.getBytes(StandardCharsets.US_ASCII);
        assertThat(hex(Hashing.xxHash64(bytes, 0, bytes.length, 0))).isEqualTo(hash);
    }

    @Property
    void onlyTheBytesInTheRangeCount(@ForAll byte[] bytes, @ForAll @IntRange(max = 9) int before, @ForAll long seed) {
        byte[] wider = new byte[before + bytes.length + 5];
        Arrays.fill(wider, (byte) 0x55);
        System.arraycopy(bytes, 0, wider, before, bytes.length);
        assertThat(Hashing.xxHash64(wider, before, bytes.length, seed))
                .isEqualTo(Hashing.xxHash64(bytes, 0, bytes.length, seed));
    }

    @Test
    void aRangeOutsideTheArrayIsRefused() {
        assertThatThrownBy(() -> Hashing.xxHash64(new byte[8], 4, 5, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Hashing.xxHash64(new byte[8], -1, 5, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static byte[] sanityBuffer(int length) {
        byte[] bytes = new byte[length];
        long generator = PRIME_32;
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (generator >>> 56);
            generator *= 0x9E3779B185EBCA8DL;
        }
        return bytes;
    }

    private static String hex(long hash) {
        return String.format("%016X", hash);
    }
}
