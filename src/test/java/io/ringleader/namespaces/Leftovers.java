package io.ringleader.namespaces;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Removes namespaces and interfaces by the names that {@link Network} gives them: rl, id of the process, a letter. Any thread. */
final class Leftovers {
    private static final Pattern NAME = Pattern.compile("(rl(\\d+)[a-z])([bvn])\\d*");

    private Leftovers() {}

    static String prefix(long pid) {
        return "rl" + pid;
    }

    /** Those of processes that are gone. */
    static void remove() throws IOException {
        Set<String> abandoned = Stream.concat(namespaces().stream(), interfaces().stream())
                .map(NAME::matcher)
                .filter(Matcher::matches)
                .filter(name -> !isRunning(Long.parseLong(name.group(2))))
                .map(name -> name.group(1))
                .collect(Collectors.toSet());
        for (String prefix : abandoned) {
            remove(prefix);
        }
    }

    /** Another program may have the id by now; this one is alive itself. */
    private static boolean isRunning(long pid) {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .flatMap(process -> process.info().command())
                .filter(command -> command.endsWith("java"))
                .isPresent();
    }

    /** All that has this prefix: processes first, then namespaces, then what is left of interfaces. */
    static void remove(String prefix) throws IOException {
        for (String namespace : namespaces()) {
            if (belongs(namespace, prefix)) {
                for (String pid : Commands.lines("ip netns pids " + namespace)) {
                    ProcessHandle.of(Long.parseLong(pid.strip())).ifPresent(ProcessHandle::destroyForcibly);
                }
                Commands.words("ip netns delete " + namespace);
            }
        }
        for (String name : interfaces()) {
            if (belongs(name, prefix)) {
                removeInterface(name);
            }
        }
    }

    /** The kernel takes an interface away by itself, a little after its namespace. */
    private static void removeInterface(String name) throws IOException {
        try {
            Commands.words("ip link delete " + name);
        } catch (IOException e) {
            if (interfaces().contains(name)) {
                throw e;
            }
        }
    }

    private static boolean belongs(String name, String prefix) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches() && matcher.group(1).equals(prefix);
    }

    /** A line is "name" or "name (id: 1)". */
    private static List<String> namespaces() throws IOException {
        return Commands.lines("ip netns list").stream()
                .map(line -> line.split(" ")[0])
                .toList();
    }

    /** Not by the program ip, which also says when interfaces came and went while it listed them. */
    private static List<String> interfaces() throws IOException {
        try (Stream<Path> entries = Files.list(Path.of("/sys/class/net"))) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }
}
