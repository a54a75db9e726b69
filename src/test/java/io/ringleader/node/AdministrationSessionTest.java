package io.ringleader.node;

import static io.ringleader.memcached.BinaryPackets.NONE;
import static io.ringleader.memcached.BinaryPackets.error;
import static io.ringleader.memcached.BinaryPackets.request;
import static io.ringleader.memcached.BinaryPackets.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.memcached.Credentials;
import io.ringleader.node.ClientSide.Client;
import io.ringleader.store.Result;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a session does beside the commands on keys: logging in, watching, ending the node. */
class AdministrationSessionTest {
    private static final String WRONG = "set x 0 0 7\r\nuser no\r\n";
    private static final String RIGHT = "set x 0 0 7\r\nuser pw\r\n";
    private static final String FAILURE = "CLIENT_ERROR authentication failure\r\n";

    private static String sasl(String message) {
        return latin1(request(0x21, "PLAIN", NONE, message, 0));
    }

    private static String latin1(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private final ClientSide open = new ClientSide();
    private final ClientSide guarded = new ClientSide(new Credentials(Map.of("user", "pw")), false);

    @Test
    void nothingIsDoneBeforeALoginAndEverythingAfter() {
        Client client = guarded.client();
        String key = guarded.key(0, 0);
        client.says("get " + key + "\r\nset " + key + " 0 0 9\r\nno spaces\r\nstats\r\n" + RIGHT + "delete " + key
                + "\r\n");
        assertThat(client.heard()).isEqualTo("CLIENT_ERROR unauthenticated\r\n");
        guarded.world.runMillis(250);
        assertThat(client.heard()).isEqualTo(FAILURE + "CLIENT_ERROR unauthenticated\r\nSTORED\r\n");
        guarded.answer(guarded.next(), Result.DELETED);
        assertThat(client.heard()).isEqualTo("DELETED\r\n");
    }

    @Test
    void eachWrongPasswordCostsTwiceTheTimeOfTheOneBeforeUpToABound() {
        Client client = guarded.client();
        client.says(WRONG.repeat(9));
        long expectedMillis = 200;
        for (int i = 0; i < 9; i++) {
            assertThat(client.heard()).isEmpty();
            assertThat(client.reading).isFalse();
            guarded.world.runMillis(expectedMillis - 1);
            assertThat(client.heard()).as("before the end of pause " + i).isEmpty();
            guarded.world.runMillis(1);
            assertThat(client.heard()).as("after pause " + i).isEqualTo(FAILURE);
            expectedMillis = Math.min(2 * expectedMillis, 6_400);
        }
        assertThat(client.reading).isTrue();
        client.says(RIGHT + "version\r\n");
        assertThat(client.heard()).isEqualTo("STORED\r\nVERSION 1.2.3\r\n");
    }

    @Test
    void aPauseHoldsUpNobodyElseAndSurvivesTheEndOfTheConnection() {
        Client guessing = guarded.client();
        Client leaving = guarded.client();
        Client honest = guarded.client();
        guessing.says(WRONG);
        leaving.says(WRONG);
        leaving.disappears();
        honest.says(RIGHT + "version\r\n");
        assertThat(honest.heard()).isEqualTo("STORED\r\nVERSION 1.2.3\r\n");
        guessing.endsInput();
        assertThat(guessing.closing).isFalse();
        guarded.world.runMillis(200);
        assertThat(guessing.heard()).isEqualTo(FAILURE);
        assertThat(guessing.closing).isTrue();
    }

    @Test
    void aBinaryClientWaitsForItsErrorTooAndThenItsPipelineGoesOn() {
        Client client = guarded.client();
        client.says(sasl("\0user\0no") + sasl("\0user\0on") + sasl("\0user\0pw") + latin1(request(0x0a)));
        String failure = latin1(error(0x21, 0x20, "Auth failure."));
        guarded.world.runMillis(199);
        assertThat(client.heard()).isEmpty();
        assertThat(client.reading).isFalse();
        guarded.world.runMillis(1);
        assertThat(client.heard()).isEqualTo(failure);
        guarded.world.runMillis(399);
        assertThat(client.heard()).isEmpty();
        guarded.world.runMillis(1);
        assertThat(client.heard())
                .isEqualTo(
                        failure + latin1(response(0x21, 0, "", NONE, "Authenticated", 0)) + latin1(response(0x0a, 0)));
        assertThat(client.reading).isTrue();
    }

    @Test
    void whatABinaryClientAskedBeforeAFailedLoginIsAnsweredBeforeIt() {
        Client client = guarded.client();
        String key = guarded.key(0, 0);
        client.says(sasl("\0user\0pw") + latin1(request(0x00, key)) + sasl("\0user\0no") + latin1(request(0x00, key)));
        assertThat(client.heard()).endsWith("Authenticated");
        guarded.world.runMillis(100);
        guarded.answer(guarded.next(), Result.MISS);
        assertThat(client.heard()).isEqualTo(latin1(error(0x00, 1, "Not found")));
        guarded.world.runMillis(100);
        assertThat(client.heard())
                .isEqualTo(latin1(error(0x21, 0x20, "Auth failure.")) + latin1(error(0x00, 0x20, "Auth failure.")));
        assertThat(client.closing).isTrue();
        assertThat(guarded.asked).isEmpty();
    }

    @Test
    void aBinaryClientThatHasNotLoggedInIsToldSoAndDisconnected() {
        Client client = guarded.client();
        client.says(latin1(request(0x00, guarded.key(0, 0))) + sasl("\0user\0pw"));
        assertThat(client.heard()).isEqualTo(latin1(error(0x00, 0x20, "Auth failure.")));
        assertThat(client.closing).isTrue();
        guarded.settle();
        assertThat(guarded.asked).isEmpty();
    }

    @Test
    void loginsInEitherDialectAreCounted() {
        guarded.client().says(WRONG + RIGHT);
        guarded.client().says(sasl("\0user\0no") + sasl("\0user\0pw") + sasl("") + latin1(request(0x20)));
        guarded.world.runMillis(200);
        Map<String, Long> stats = new TreeMap<>();
        guarded.stats.report(stats::put);
        assertThat(stats).containsEntry("auth_cmds", 4L).containsEntry("auth_errors", 2L);
    }

    @Test
    void aWatcherSeesReadsAndWritesAsTheyAreAnswered() {
        Client watcher = open.client();
        watcher.says("watch fetchers mutations\r\nversion\r\n");
        assertThat(watcher.heard()).isEqualTo("OK\r\n");
        Client client = open.client();
        String key = open.key(0, 0);
        client.says("set " + key + " 0 30 2\r\nab\r\n");
        assertThat(watcher.heard()).as("nothing has happened yet").isEmpty();
        open.answer(open.next(), Result.STORED);
        client.says("get " + key + " %\u00e9\r\n");
        open.respond(Response.ok(open.next().request().id(), 1, ClientSide.value(key, 3)));
        open.answer(open.next(), Result.MISS);
        String[] lines = watcher.heard().split("\n");
        assertThat(lines).hasSize(3);
        assertThat(lines[0])
                .matches("ts=\\d+\\.\\d{6} gid=1 type=item_store key=" + key
                        + " status=stored cmd=set ttl=30 clsid=1 cfd=\\d+ size=2");
        assertThat(lines[1])
                .matches("ts=\\d+\\.\\d{6} gid=2 type=item_get key=" + key + " status=found clsid=1 cfd=\\d+ size=3");
        assertThat(lines[2])
                .matches("ts=\\d+\\.\\d{6} gid=3 type=item_get key=%25%E9"
                        + " status=not_found clsid=0 cfd=\\d+ size=0");
        assertThat(client.heard()).startsWith("STORED\r\nVALUE " + key).endsWith("END\r\n");
    }

    @Test
    void aWatcherThatDoesNotReadLosesLinesAndIsToldHowMany() {
        Client watcher = open.client();
        watcher.takesOutput = false;
        watcher.says("watch fetchers\r\n");
        Client client = open.client();
        String key = open.key(0, 0);
        for (int i = 0; i < 100; i++) {
            client.says(("get " + key + "\r\n").repeat(50));
            open.answer(open.next(), Result.MISS);
        }
        assertThat(watcher.pendingBytesMax).isLessThanOrEqualTo(Watchers.OUTPUT_MAX_BYTES);
        int seen = watcher.heard().split("\n").length - 1;
        assertThat(seen).isBetween(1_000, 4_999);
        watcher.drains();
        client.says("get " + key + "\r\n");
        open.answer(open.next(), Result.MISS);
        assertThat(watcher.heard()).startsWith("skipped=" + (5_000 - seen) + "\nts=");
    }

    @Test
    void aWatcherThatIsGoneCostsNothing() {
        Client watcher = open.client();
        watcher.says("watch\r\n");
        assertThat(open.shared.services().watchers().count()).isEqualTo(1);
        watcher.disappears();
        assertThat(open.shared.services().watchers().count()).isZero();
    }

    @Test
    void aTwentyFirstWatcherIsTurnedAway() {
        for (int i = 0; i < 20; i++) {
            assertThat(open.client().says("watch\r\n").heard()).isEqualTo("OK\r\n");
        }
        Client last = open.client().says("watch\r\n");
        assertThat(last.heard()).isEqualTo("WATCHER_TOO_MANY log watcher limit reached\r\n");
        assertThat(last.closing).isTrue();
    }

    @Test
    void aClientMayEndTheNodeOnlyIfTheConfigurationSaysSo() {
        Client client = open.client().says("shutdown\r\n");
        assertThat(open.shutdowns).isEqualTo(1);
        assertThat(client.closing).isTrue();
        ClientSide strict = new ClientSide(null, false);
        Client refused = strict.client().says("shutdown\r\nversion\r\n");
        assertThat(refused.heard()).isEqualTo("SERVER_ERROR: shutdown not enabled\r\nVERSION 1.2.3\r\n");
        assertThat(strict.shutdowns).isZero();
    }
}
