package io.ringleader.memcached;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A command that is about the server and not about a key. What has no meaning in a server that evicts nothing is answered
 * with a reason, since a silent OK would tell an operator that something had been changed.
 */
public sealed interface Administration {
    /** Answered with a fixed line. The array is not to be changed. */
    record Answer(byte[] line) implements Administration {}

    /** {@code lru_crawler metadump}: list all keys. */
    record ListKeys() implements Administration {}

    /** {@code watch}: from here on the connection gets a line for each event of these topics, and is not read any more. */
    record Watch(Set<Topic> topics) implements Administration {
        /** Copies the set. */
        public Watch {
            topics = Set.copyOf(topics);
        }
    }

    /** {@code shutdown}: end the process. */
    record Shutdown() implements Administration {}

    /** What can be watched. */
    enum Topic {
        /** Reads of single keys. */
        FETCHERS,
        /** Storage commands. */
        MUTATIONS,
        /** Elections, leaders, commits and snapshots of the partitions of this node. */
        RAFT
    }

    /** The first words that {@link #of} knows. */
    List<String> COMMANDS =
            List.of("slabs", "lru", "lru_crawler", "extstore", "refresh_certs", "cache_memlimit", "shutdown", "watch");

    /** Whether these bytes are one of {@link #COMMANDS}; allocates nothing, since any nonsense is asked about. */
    static boolean isCommand(byte[] array, int from, int length) {
        for (int i = 0; i < COMMANDS.size(); i++) {
            if (isWord(COMMANDS.get(i), array, from, length)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isWord(String word, byte[] array, int from, int length) {
        if (word.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (array[from + i] != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** What the words of a line ask for; empty if the first is none of {@link #COMMANDS}. There is at least one word. */
    static Optional<Administration> of(List<String> words) {
        List<String> arguments = words.subList(1, words.size());
        String first = arguments.isEmpty() ? "" : arguments.get(0);
        return Optional.ofNullable(
                switch (words.get(0)) {
                    case "slabs" ->
                        isOneOf(first, "reassign", "automove")
                                ? refusal("there are no slabs: memory is not divided and nothing is evicted")
                                : error();
                    case "lru" ->
                        isOneOf(first, "tune", "mode", "temp_ttl")
                                ? refusal("there is no lru: nothing is evicted")
                                : error();
                    case "lru_crawler" -> crawler(first, arguments);
                    case "extstore" ->
                        arguments.size() < 2 ? error() : refusal("there is no extstore: all items are in memory");
                    case "refresh_certs" -> refusal("there are no certificates: clients are not encrypted");
                    case "cache_memlimit" ->
                        first.matches("\\d{1,10}")
                                ? refusal("the limit is memory_bytes in the configuration file and must be alike on"
                                        + " all nodes")
                                : error();
                    case "shutdown" ->
                        arguments.isEmpty() || first.equals("graceful")
                                ? new Shutdown()
                                : refusal("invalid shutdown mode");
                    case "watch" -> watch(arguments);
                    default -> null;
                });
    }

    private static Administration crawler(String first, List<String> arguments) {
        if (first.equals("metadump") && arguments.size() == 2) {
            // Of the classes of memcached there is one here, so "1" is all as well.
            return isOneOf(arguments.get(1), "all", "hash", "1")
                    ? new ListKeys()
                    : new Answer(line("BADCLASS invalid class id"));
        }
        if (first.equals("mgdump")) {
            return refusal("keys are listed by lru_crawler metadump all");
        }
        return isOneOf(first, "enable", "disable", "sleep", "tocrawl", "crawl")
                ? refusal("there is no lru crawler: expired items are removed as time passes in the log")
                : error();
    }

    private static Administration watch(List<String> arguments) {
        Set<Topic> topics = EnumSet.noneOf(Topic.class);
        for (String word : arguments) {
            switch (word) {
                case "fetchers" -> topics.add(Topic.FETCHERS);
                case "mutations" -> topics.add(Topic.MUTATIONS);
                case "raft" -> topics.add(Topic.RAFT);
                case "evictions", "connevents", "sysevents", "deletions", "rawcmds", "proxyreqs", "proxyevents" -> {
                    return refusal("there is no stream of " + word + ", but of fetchers, mutations and raft");
                }
                default -> {
                    return error();
                }
            }
        }
        return new Watch(topics.isEmpty() ? Set.of(Topic.FETCHERS) : topics);
    }

    private static boolean isOneOf(String word, String... known) {
        return Arrays.asList(known).contains(word);
    }

    private static Answer error() {
        return new Answer(Replies.ERROR);
    }

    private static Answer refusal(String reason) {
        return new Answer(line("CLIENT_ERROR " + reason));
    }

    private static byte[] line(String text) {
        return (text + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }
}
