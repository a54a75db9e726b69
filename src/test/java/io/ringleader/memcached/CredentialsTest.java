package io.ringleader.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CredentialsTest {
    private final Credentials credentials = new Credentials(Map.of("ann", "apple", "zoë", "pass word"));

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private boolean accepts(String name, String password) {
        return credentials.accept(bytes(name), bytes(password));
    }

    private boolean acceptsPlain(String message) {
        byte[] bytes = bytes("xx" + message + "y");
        return credentials.acceptPlain(bytes, 2, bytes.length - 3);
    }

    @Test
    void aUserNeedsThePasswordThatIsHis() {
        assertThat(accepts("ann", "apple")).isTrue();
        assertThat(accepts("zoë", "pass word")).isTrue();
        assertThat(accepts("ann", "pass word")).isFalse();
        assertThat(accepts("ann", "appl")).isFalse();
        assertThat(accepts("ann", "apples")).isFalse();
        assertThat(accepts("ann", "")).isFalse();
        assertThat(accepts("", "")).isFalse();
        assertThat(accepts("bob", "apple")).isFalse();
    }

    @Test
    void aPlainMessageHasThreePartsAndNobodyActsAsAnother() {
        assertThat(acceptsPlain("\0ann\0apple")).isTrue();
        assertThat(acceptsPlain("ann\0ann\0apple")).isTrue();
        assertThat(acceptsPlain("zoë\0ann\0apple")).isFalse();
        assertThat(acceptsPlain("\0ann\0apple\0")).isFalse();
        assertThat(acceptsPlain("\0ann\0")).isFalse();
        assertThat(acceptsPlain("\0ann")).isFalse();
        assertThat(acceptsPlain("ann apple")).isFalse();
        assertThat(acceptsPlain("")).isFalse();
    }

    @Test
    void aLogHasNeitherNamesNorPasswords() {
        assertThat(credentials.toString()).doesNotContain("ann", "apple", "zoë", "word");
    }
}
