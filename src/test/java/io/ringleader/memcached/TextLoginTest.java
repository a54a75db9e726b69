package io.ringleader.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is answered before a login; the expectations were checked against memcached 1.6.45. */
class TextLoginTest {
    private static final String UNAUTHENTICATED = "CLIENT_ERROR unauthenticated";

    private static final Credentials CREDENTIALS = new Credentials(Map.of("user", "pw", "other", "pw pw"));
    private static final int OTHER_NEEDS = 77;

    private final Protocol other = (in, handler) -> OTHER_NEEDS;
    private final TextLogin login = new TextLogin(CREDENTIALS, other);
    private final RecordingHandler handler = new RecordingHandler();
    private int needed;

    /** What of the input is left. */
    private String says(String text) {
        ByteBuffer in = ByteBuffer.wrap(("##" + text).getBytes(StandardCharsets.ISO_8859_1), 2, text.length())
                .slice();
        needed = login.consume(in, handler);
        return StandardCharsets.ISO_8859_1.decode(in).toString();
    }

    @Test
    void aSetWithTheCredentialsLogsInAndTheRestIsForAnother() {
        assertThat(says("set any 0 0 7\r\nuser pw\r\nget a\r\n")).isEqualTo("get a\r\n");
        assertThat(handler.calls).containsExactly("accepted: STORED");
        assertThat(needed).isEqualTo(OTHER_NEEDS);
    }

    @Test
    void everyOtherLineIsRefusedAndSoIsItsData() {
        says("get a\r\nversion\r\nadd a 0 0 10\r\n1234567890\r\nset a 0\r\nset a 0 0 x\r\nms a 2\r\n1234567\r\n");
        assertThat(handler.calls).hasSize(8).containsOnly(UNAUTHENTICATED);
    }

    @Test
    void aRefusedLoginMayBeTriedAgain() {
        assertThat(says("set a 0 0 7\r\nuser no\r\nset a 0 0 7\r\nuser pw\r\n")).isEmpty();
        assertThat(handler.calls).containsExactly("refused: CLIENT_ERROR authentication failure", "accepted: STORED");
    }

    @Test
    void whatIsNoCredentialsIsAnError() {
        says("set a 0 0 7\r\nuser_pw\r\n");
        says("set a 0 0 7\r\nuser pwXX");
        says("set a 0 0 16385\r\n");
        assertThat(handler.calls)
                .containsExactly(
                        "CLIENT_ERROR bad authentication token format",
                        "CLIENT_ERROR bad command line termination",
                        "CLIENT_ERROR auth token too long");
    }

    @Test
    void aPasswordMayHaveSpaces() {
        says("set a 0 0 11\r\nother pw pw\r\n");
        assertThat(handler.calls).containsExactly("accepted: STORED");
    }

    @Test
    void anIncompleteLoginWaitsForTheRest() {
        String all = "set a 0 0 7\r\nuser pw\r\n";
        for (int cut = 0; cut < all.length(); cut++) {
            assertThat(says(all.substring(0, cut))).as("nothing is consumed").hasSize(cut);
            assertThat(needed).isBetween(cut == 0 ? 0 : cut + 1, all.length());
        }
        assertThat(handler.calls).isEmpty();
    }

    @Test
    void whatCannotBecomeALoginCloses() {
        says("\r\nset a 0 0 7\r\nuser pw\r\n");
        assertThat(handler.calls).containsExactly("close");
        assertThat(says("set a 0 0 7\r\nuser pw\r\n"))
                .as("nothing is read any more")
                .isEmpty();
        assertThat(handler.calls).containsExactly("close");
        RecordingHandler another = new RecordingHandler();
        new TextLogin(CREDENTIALS, other).consume(ByteBuffer.wrap(new byte[2049]), another);
        assertThat(another.calls).containsExactly("close");
    }

    @Test
    void aHandlerThatHasNoRoomIsAskedAgain() {
        boolean[] willing = {false};
        RecordingHandler full = new RecordingHandler(() -> willing[0]);
        ByteBuffer in = ByteBuffer.wrap("version\r\n".getBytes(StandardCharsets.US_ASCII));
        TextLogin waiting = new TextLogin(CREDENTIALS, other);
        waiting.consume(in, full);
        assertThat(in.position()).isZero();
        willing[0] = true;
        waiting.consume(in, full);
        assertThat(full.calls).containsExactly(UNAUTHENTICATED);
    }
}
