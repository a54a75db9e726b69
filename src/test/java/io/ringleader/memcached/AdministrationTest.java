package io.ringleader.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.memcached.Administration.Answer;
import io.ringleader.memcached.Administration.ListKeys;
import io.ringleader.memcached.Administration.Shutdown;
import io.ringleader.memcached.Administration.Topic;
import io.ringleader.memcached.Administration.Watch;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdministrationTest {
    private static Administration read(String line) {
        return Administration.of(List.of(line.split(" "))).orElseThrow();
    }

    private static String answer(String line) {
        return new String(((Answer) read(line)).line(), StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "slabs reassign 1 2",
                "slabs automove 0",
                "lru mode flat",
                "lru tune 20 40",
                "lru temp_ttl 5",
                "lru_crawler enable",
                "lru_crawler sleep 100",
                "lru_crawler crawl all",
                "lru_crawler mgdump all",
                "extstore free_memchunks 1 2",
                "refresh_certs",
                "cache_memlimit 100",
                "shutdown now",
                "watch evictions",
                "watch fetchers connevents"
            })
    void whatHasNoMeaningHereIsRefusedWithAReason(String line) {
        assertThat(answer(line)).matches("CLIENT_ERROR [ -~]+\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "slabs",
                "slabs foo",
                "lru",
                "lru foo",
                "lru_crawler",
                "lru_crawler foo",
                "lru_crawler metadump",
                "extstore foo",
                "cache_memlimit",
                "cache_memlimit x",
                "cache_memlimit -1",
                "watch foo"
            })
    void whatMemcachedDoesNotKnowEitherIsAnError(String line) {
        assertThat(answer(line)).isEqualTo("ERROR\r\n");
    }

    @Test
    void keysAreListedForAllClassesThereAre() {
        assertThat(read("lru_crawler metadump all")).isEqualTo(new ListKeys());
        assertThat(read("lru_crawler metadump hash")).isEqualTo(new ListKeys());
        assertThat(read("lru_crawler metadump 1")).isEqualTo(new ListKeys());
        assertThat(answer("lru_crawler metadump 2")).isEqualTo("BADCLASS invalid class id\r\n");
    }

    @Test
    void aWatchIsOfFetchersUnlessItSaysOtherwise() {
        assertThat(read("watch")).isEqualTo(new Watch(Set.of(Topic.FETCHERS)));
        assertThat(read("watch raft mutations")).isEqualTo(new Watch(Set.of(Topic.RAFT, Topic.MUTATIONS)));
    }

    @Test
    void aShutdownMayBeGraceful() {
        assertThat(read("shutdown")).isEqualTo(new Shutdown());
        assertThat(read("shutdown graceful")).isEqualTo(new Shutdown());
    }

    @Test
    void commandsAreKnownByTheirExactBytes() {
        assertThat(Administration.COMMANDS).allSatisfy(word -> {
            byte[] bytes = ("x" + word + "x").getBytes(StandardCharsets.US_ASCII);
            assertThat(Administration.isCommand(bytes, 1, word.length())).isTrue();
            assertThat(Administration.isCommand(bytes, 0, word.length())).isFalse();
            assertThat(Administration.isCommand(bytes, 1, word.length() + 1)).isFalse();
        });
    }
}
