package io.ringleader.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is answered before a login; the expectations were checked against memcached 1.6.45. */
class TextLoginTest {
    private static final String UNAUTHENTICATED = "CLIENT_ERROR unauthenticated";

    private final TextLogin login = new TextLogin();
    private final RecordingHandler handler = new RecordingHandler();
    private final List<String> attempts = new ArrayList<>();
    private int needed;

    /** What of the input is left; only {@code user pw} may log in. */
    private String says(String text) {
        ByteBuffer in = ByteBuffer.wrap(("##" + text).getBytes(StandardCharsets.ISO_8859_1), 2, text.length())
                .slice();
        needed = login.consume(in, handler, (name, password) -> {
            attempts.add(new String(name, StandardCharsets.ISO_8859_1) + "/"
                    + new String(password, StandardCharsets.ISO_8859_1));
            return attempts.get(attempts.size() - 1).equals("user/pw") || refuse();
        });
        return StandardCharsets.ISO_8859_1.decode(in).toString();
    }

    /** As a session does: the answer to a refused attempt is its own business. */
    private boolean refuse() {
        handler.answer(TextLogin.FAILURE);
        return false;
    }

    @Test
    void aSetWithTheCredentialsLogsInAndTheRestIsForAnother() {
        assertThat(says("set any 0 0 7\r\nuser pw\r\nget a\r\n")).isEqualTo("get a\r\n");
        assertThat(handler.calls).containsExactly("STORED");
        assertThat(login.isAccepted()).isTrue();
    }

    @Test
    void everyOtherLineIsRefusedAndSoIsItsData() {
        says("get a\r\nversion\r\nadd a 0 0 10\r\n1234567890\r\nset a 0\r\nset a 0 0 x\r\nms a 2\r\n1234567\r\n");
        assertThat(handler.calls).hasSize(8).containsOnly(UNAUTHENTICATED);
        assertThat(attempts).isEmpty();
        assertThat(login.isAccepted()).isFalse();
    }

    @Test
    void aRefusedAttemptStopsTheReaderUntilItIsCalledAgain() {
        String rest = says("set a 0 0 7\r\nuser no\r\nset a 0 0 7\r\nuser pw\r\n");
        assertThat(rest).isEqualTo("set a 0 0 7\r\nuser pw\r\n");
        assertThat(says(rest)).isEmpty();
        assertThat(handler.calls).containsExactly("CLIENT_ERROR authentication failure", "STORED");
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
        assertThat(attempts).isEmpty();
    }

    @Test
    void aPasswordMayHaveSpaces() {
        says("set a 0 0 10\r\nuser pw pw\r\n");
        assertThat(attempts).containsExactly("user/pw pw");
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
        RecordingHandler other = new RecordingHandler();
        ByteBuffer longLine = ByteBuffer.wrap(new byte[2049]);
        new TextLogin().consume(longLine, other, (name, password) -> true);
        assertThat(other.calls).containsExactly("close");
    }

    @Test
    void aHandlerThatHasNoRoomIsAskedAgain() {
        boolean[] willing = {false};
        RecordingHandler full = new RecordingHandler(() -> willing[0]);
        ByteBuffer in = ByteBuffer.wrap("version\r\n".getBytes(StandardCharsets.US_ASCII));
        TextLogin waiting = new TextLogin();
        waiting.consume(in, full, (name, password) -> true);
        assertThat(in.position()).isZero();
        willing[0] = true;
        waiting.consume(in, full, (name, password) -> true);
        assertThat(full.calls).containsExactly(UNAUTHENTICATED);
    }
}
