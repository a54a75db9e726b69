package io.ringleader.namespaces;

import io.ringleader.config.ConfigException;
import io.ringleader.config.ConfigFile;
import io.ringleader.it.Await;
import io.ringleader.ring.Ring;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Nodes with the ids 1 to n, each a process in a network namespace of its own, and clients on this machine that reach all of them.
 * Does {@linkplain Fault faults} to it and undoes them, and looks each time whether it was so: a fault that did not take effect is an
 * {@link IOException}, one that this machine cannot do an {@link UnavailableException}. Used by one thread; closing it removes
 * processes, namespaces and data.
 */
public final class NamespaceCluster implements AutoCloseable {
    static final String CONFIG = "cluster.toml";
    /** What the default configuration asks for: twice the memory for items, and what clients may hold. */
    private static final int HEAP_MIB = 1344;

    private static final Duration READY = Duration.ofSeconds(60);
    private static final int PROBE_PACKETS = 5;
    /** Enough to tell a loss of a few percent from none or all. */
    private static final int LOSS_PROBE_PACKETS = 200;

    private final Path directory;
    private final Network network;
    private final Map<Integer, NamespaceNode> nodes = new TreeMap<>();
    private final Ring ring;
    private final List<Fault> active = new ArrayList<>();

    /**
     * Makes namespaces and the configuration; nothing runs yet.
     *
     * @param settings by their names in the file, such as {@code limits.item_max_bytes}; texts with their quotes. All others have
     *     their defaults
     * @throws UnavailableException if this machine or user cannot do it
     */
    public NamespaceCluster(int count, Map<String, Object> settings) throws IOException {
        this(count, settings, Optional.empty());
    }

    /** @param changedClasses a directory with classes that every node has in the place of those of the jar */
    public NamespaceCluster(int count, Map<String, Object> settings, Optional<Path> changedClasses) throws IOException {
        List<Integer> ids = IntStream.rangeClosed(1, count).boxed().toList();
        network = new Network(ids);
        try {
            directory = Files.createTempDirectory(
                    Files.createDirectories(Path.of("target", "namespaces").toAbsolutePath()), "run");
            for (int id : ids) {
                nodes.put(id, new NamespaceNode(id, network, directory, HEAP_MIB, changedClasses));
            }
            ring = configure(settings);
        } catch (IOException | ConfigException e) {
            network.close();
            throw new IOException("The cluster cannot be set up: " + e.getMessage(), e);
        }
    }

    /** A cluster that serves. */
    public static NamespaceCluster started(int count, Map<String, Object> settings) throws IOException {
        NamespaceCluster cluster = new NamespaceCluster(count, settings);
        try {
            cluster.startAll();
            cluster.awaitReady();
        } catch (IOException | AssertionError e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    private Ring configure(Map<String, Object> settings) throws IOException, ConfigException {
        Map<String, Object> all = new TreeMap<>(
                Map.of("cluster.name", "\"namespaces\"", "cluster.peer_secret", "\"known to all of these nodes\""));
        all.putAll(settings);
        Map<String, StringBuilder> tables = new TreeMap<>();
        all.forEach((key, value) -> {
            int dot = key.indexOf('.');
            tables.computeIfAbsent(key.substring(0, dot), name -> new StringBuilder("[" + name + "]\n"))
                    .append(key.substring(dot + 1) + " = " + value + "\n");
        });
        StringBuilder text = new StringBuilder();
        tables.values().forEach(text::append);
        for (NamespaceNode node : nodes.values()) {
            text.append("[[node]]\nid = " + node.id())
                    .append("\nclient = \"" + address(node.clientAddress()))
                    .append("\"\npeer = \"" + address(node.peerAddress()))
                    .append("\"\ndata = \"" + node.data() + "\"\n");
        }
        Path file = directory.resolve(CONFIG);
        Files.writeString(file, text);
        return ConfigFile.load(file).ring();
    }

    private static String address(InetSocketAddress address) {
        return address.getHostString() + ":" + address.getPort();
    }

    public List<Integer> ids() {
        return List.copyOf(nodes.keySet());
    }

    public NamespaceNode node(int id) {
        NamespaceNode node = nodes.get(id);
        if (node == null) {
            throw new IllegalArgumentException("There is no node " + id + " among " + nodes.keySet() + ".");
        }
        return node;
    }

    public List<NamespaceNode> nodes() {
        return List.copyOf(nodes.values());
    }

    /** All ids but these. */
    public List<Integer> others(Integer... ids) {
        List<Integer> others = new ArrayList<>(nodes.keySet());
        others.removeAll(List.of(ids));
        return others;
    }

    /** Logs, configuration and data of its nodes, until it is closed. */
    public Path directory() {
        return directory;
    }

    public int partitions() {
        return ring.partitions();
    }

    public int partitionOf(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.US_ASCII);
        return ring.partitionOf(bytes, 0, bytes.length);
    }

    /** The node that the partition goes back to when it can. */
    public int preferredLeader(int partition) {
        return ring.preferredLeader(partition);
    }

    public void startAll() throws IOException {
        for (NamespaceNode node : nodes.values()) {
            node.start();
        }
    }

    /** Waits until every node that runs knows a leader, which runs too, of all partitions it has. */
    public void awaitReady() {
        Await.until("all partitions have leaders that all nodes know", READY, () -> {
            Standings standings = standings();
            return standings.leaders().size() == partitions()
                    && standings.heard().values().stream()
                            .flatMap(heard -> heard.values().stream())
                            .allMatch(leader -> leader != 0 && isServing(node(leader)));
        });
    }

    private static boolean isServing(NamespaceNode node) {
        return node.isAlive() && !node.isPaused();
    }

    /** What the nodes say that can say anything. @throws IOException if one of them does not answer */
    public Standings standings() throws IOException {
        return Standings.of(
                nodes.values().stream().filter(NamespaceCluster::isServing).toList(), partitions());
    }

    // ---- faults

    /** Does it, on top of what is there, and sees to it that it took effect. */
    public void inject(Fault fault) throws IOException {
        active.add(fault);
        try {
            begin(fault);
        } catch (UnavailableException e) {
            active.remove(fault);
            throw e;
        }
    }

    private void begin(Fault fault) throws IOException {
        if (fault instanceof Fault.Cut cut) {
            for (Link link : cut.links()) {
                network.cut(link);
            }
            requireWays(cut.links());
        } else if (fault instanceof Fault.Loss loss) {
            for (Link link : loss.links()) {
                network.lose(link, loss.percent());
            }
            requireLoss(loss);
        } else if (fault instanceof Fault.Delay delay) {
            network.delay(delay.node(), delay.millis());
            requireDelay(delay.node(), delay.millis());
        } else if (fault instanceof Fault.Killed killed) {
            node(killed.node()).kill();
        } else if (fault instanceof Fault.Stopped stopped) {
            node(stopped.node()).stop();
        } else if (fault instanceof Fault.Paused paused) {
            node(paused.node()).pause();
        }
    }

    /** Undoes what {@link #inject} did; what other faults still do to the same links stays. A process is started, not waited for. */
    public void heal(Fault fault) throws IOException {
        if (!active.remove(fault)) {
            throw new IllegalArgumentException(fault + " is not there.");
        }
        if (fault instanceof Fault.Cut cut) {
            Set<Link> healed = new LinkedHashSet<>(cut.links());
            healed.removeIf(this::isCut);
            for (Link link : healed) {
                network.restore(link);
            }
            requireWays(healed);
        } else if (fault instanceof Fault.Loss loss) {
            for (Link link : loss.links()) {
                network.lose(link, 0);
            }
            for (Fault other : List.copyOf(active)) {
                if (other instanceof Fault.Loss && active.remove(other)) {
                    inject(other);
                }
            }
        } else if (fault instanceof Fault.Delay delay) {
            network.delay(delay.node(), 0);
        } else if (fault instanceof Fault.Killed killed) {
            node(killed.node()).start();
        } else if (fault instanceof Fault.Stopped stopped) {
            node(stopped.node()).start();
        } else if (fault instanceof Fault.Paused paused) {
            node(paused.node()).resume();
        }
    }

    /** Undoes everything that is still there, the latest first. */
    public void healAll() throws IOException {
        while (!active.isEmpty()) {
            heal(active.get(active.size() - 1));
        }
    }

    public List<Fault> active() {
        return List.copyOf(active);
    }

    /** How many of so many packets arrive at the end of a link. */
    public long probe(Link link, int packets) throws IOException {
        return network.delivered(link, packets);
    }

    private boolean isCut(Link link) {
        return active.stream()
                .anyMatch(fault -> fault instanceof Fault.Cut cut && cut.links().contains(link));
    }

    private boolean isLossy(Link link) {
        return active.stream()
                .anyMatch(fault ->
                        fault instanceof Fault.Loss loss && loss.links().contains(link));
    }

    /** Each of these links, and the ways back, lets packets through if no fault says otherwise, and none if one does. */
    private void requireWays(Set<Link> changed) throws IOException {
        Set<Link> links = new LinkedHashSet<>(changed);
        changed.forEach(link -> links.add(link.reversed()));
        for (Link link : links) {
            long delivered = network.delivered(link, PROBE_PACKETS);
            boolean asItShould = isCut(link) ? delivered == 0 : delivered == PROBE_PACKETS || isLossy(link);
            if (!asItShould) {
                throw new IOException("Link " + link + (isCut(link) ? " is cut, but " : " is whole, but ") + delivered
                        + " of " + PROBE_PACKETS + " packets arrived.");
            }
        }
    }

    /** The number of packets that arrive is within five standard deviations of what is expected. */
    private void requireLoss(Fault.Loss loss) throws IOException {
        for (Link link : loss.links()) {
            if (isCut(link)) {
                continue;
            }
            double arrives = 1 - loss.percent() / 100.0;
            double expected = LOSS_PROBE_PACKETS * arrives;
            double tolerated = 5 * Math.sqrt(expected * (1 - arrives));
            long delivered = network.delivered(link, LOSS_PROBE_PACKETS);
            if (Math.abs(delivered - expected) > tolerated || delivered == LOSS_PROBE_PACKETS) {
                throw new IOException("Link " + link + " is to lose " + loss.percent() + " % of packets, but "
                        + delivered + " of " + LOSS_PROBE_PACKETS + " arrived.");
            }
        }
    }

    private void requireDelay(int node, int millis) throws IOException {
        long roundTripMillis = network.roundTripMillis(node);
        if (roundTripMillis < millis) {
            throw new IOException("What node " + node + " sends is to be " + millis + " ms late, but it answered after "
                    + roundTripMillis + " ms.");
        }
    }

    // ---- the end

    @Override
    public void close() throws IOException {
        for (NamespaceNode node : nodes.values()) {
            if (node.isAlive()) {
                node.kill();
            }
        }
        network.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
