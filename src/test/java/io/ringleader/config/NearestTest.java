package io.ringleader.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class NearestTest {
    private static final List<String> KNOWN = List.of("heartbeat_millis", "memory_bytes");

    @Test
    void aSlipOfTheFingerIsRecognised() {
        assertThat(Nearest.suggestion("hartbeat_milis", KNOWN)).isEqualTo("Did you mean heartbeat_millis?");
        assertThat(Nearest.suggestion("heartbeat_ms", KNOWN)).isEqualTo("Did you mean heartbeat_millis?");
    }

    @Test
    void aNameLikeNoOtherIsAnsweredWithAllThatAreKnown() {
        assertThat(Nearest.suggestion("colour", KNOWN)).isEqualTo("Known here: heartbeat_millis, memory_bytes.");
    }

    @Test
    void theDistanceIsTheNumberOfEdits() {
        assertThat(Nearest.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(Nearest.distance("", "abc")).isEqualTo(3);
    }

    @Property(tries = 200)
    void theDistanceIsSymmetricAndZeroOnlyForEqualNames(
            @ForAll @AlphaChars @StringLength(max = 8) String one,
            @ForAll @AlphaChars @StringLength(max = 8) String other) {
        int distance = Nearest.distance(one, other);
        assertThat(distance).isEqualTo(Nearest.distance(other, one));
        assertThat(distance == 0).isEqualTo(one.equals(other));
        assertThat(distance).isBetween(Math.abs(one.length() - other.length()), Math.max(one.length(), other.length()));
    }
}
