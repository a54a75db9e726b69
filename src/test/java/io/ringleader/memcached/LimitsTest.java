package io.ringleader.memcached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LimitsTest {
    @Test
    void theDefaultsAreThoseOfMemcached() {
        assertThat(Limits.ofItemMaxBytes(1 << 20)).isEqualTo(new Limits(250, 1 << 20, 2048, 1 << 20, 64));
    }

    @Test
    void aRequestIsAtMostALineOrAPacketWithAValueOrALongGetOrALogin() {
        assertThat(new Limits(250, 50_000, 100, 200, 1).requestMaxBytes()).isEqualTo(50_294);
        assertThat(new Limits(250, 5, 100, 40_000, 1).requestMaxBytes()).isEqualTo(40_001);
        assertThat(new Limits(250, 5, 100, 200, 1).requestMaxBytes())
                .as("a login")
                .isEqualTo(16_384 + 294);
    }

    @Test
    void aLimitOutOfItsRangeIsRefusedWithItsValue() {
        assertThatThrownBy(() -> new Limits(251, 1, 1, 1, 1)).hasMessage("keyMaxBytes is 251, it must be 1..250.");
        assertThatThrownBy(() -> new Limits(0, 1, 1, 1, 1)).hasMessageContaining("keyMaxBytes is 0");
        assertThatThrownBy(() -> new Limits(1, -1, 1, 1, 1)).hasMessageContaining("itemMaxBytes is -1");
        assertThatThrownBy(() -> new Limits(1, Integer.MAX_VALUE - 2, 1, 1, 1)).hasMessageContaining("itemMaxBytes is");
        assertThatThrownBy(() -> new Limits(1, 1, 0, 1, 1)).hasMessageContaining("lineMaxBytes is 0");
        assertThatThrownBy(() -> new Limits(1, 1, 9, 8, 1)).hasMessageContaining("getLineMaxBytes is 8");
        assertThatThrownBy(() -> new Limits(1, 1, 1, Integer.MAX_VALUE, 1)).hasMessageContaining("getLineMaxBytes is");
        assertThatThrownBy(() -> new Limits(1, 1, 1, 1, 0)).hasMessageContaining("keysPerBurst is 0");
    }
}
