package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.node.ClientSide.Asked;
import io.ringleader.node.ClientSide.Client;
import io.ringleader.store.CommandBatch;
import org.junit.jupiter.api.AfterEach;

/** The router of node 1 of 3, with one client that has a key of partition 0. */
abstract class RouterHarness {
    final ClientSide side = new ClientSide();
    final Client client = side.client();
    final String key = side.key(0, 0);

    @AfterEach
    void nothingIsLeftBehind() {
        side.world.runMillis(2 * ClientSide.COMMAND_TIMEOUT_MILLIS);
        side.asked.clear();
        assertThat(side.router.unfinished()).isEmpty();
    }

    Client set(String name) {
        return client.says("set " + name + " 0 0 1\r\n1\r\n");
    }

    static long sequence(Asked asked) {
        return CommandBatch.sessionSequence(asked.request().bytes(), 0);
    }
}
