package io.ringleader.namespaces;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A bridge of this machine and, for every node, a network namespace on it. Which hardware address belongs to which address is set
 * by hand, so a link is cut by a wrong one: packets go to nobody, nothing is refused, and the way back is not touched. Packets are
 * lost by a filter at the receiver.
 *
 * <p>Names carry the id of this process, so that runs do not meet, and the next one removes what a killed one has left. Used by one
 * thread.
 */
final class Network implements AutoCloseable {
    private static final String INTERFACE = "eth0";
    private static final String NOBODY = "02:72:6c:de:ad:00";
    /** No node listens there: the kernel counts what arrives and has no receiver. */
    private static final int PROBE_PORT = 9;

    private static final int CONNECT_TIMEOUT_MILLIS = 10_000;
    private static final int SUBNETS = 64 * 256;

    /** Numbers of classic BPF: what is loaded at these places is the sender's address, and a random number. */
    private static final long SENDER_OFFSET = 26;

    private static final long RANDOM_OFFSET = (1L << 32) - 4096 + 56;
    private static final long NEXT_FILTER = (1L << 32) - 1;

    private static final Set<Network> OPEN = ConcurrentHashMap.newKeySet();

    static {
        // the run itself may be stopped from outside
        Runtime.getRuntime().addShutdownHook(new Thread(() -> OPEN.forEach(Network::removeQuietly)));
    }

    private final String prefix;
    private final String bridge;
    private final String subnet;
    private final List<Integer> nodes;

    /** @throws UnavailableException if this machine or user cannot do it */
    Network(List<Integer> nodes) throws IOException {
        requireSupport();
        Leftovers.remove();
        this.nodes = List.copyOf(nodes);
        subnet = freeSubnet();
        synchronized (OPEN) {
            prefix = freePrefix();
            OPEN.add(this);
        }
        bridge = prefix + "b";
        try {
            create();
        } catch (IOException e) {
            removeQuietly();
            throw e;
        }
    }

    /** Each network of this process has a letter of its own while it is there: names of interfaces are short. */
    private static String freePrefix() {
        for (char letter = 'a'; letter <= 'z'; letter++) {
            String candidate = Leftovers.prefix(ProcessHandle.current().pid()) + letter;
            if (OPEN.stream().noneMatch(network -> network.prefix.equals(candidate))) {
                return candidate;
            }
        }
        throw new IllegalStateException(
                "This process has " + OPEN.size() + " networks open; there are 26 names for them.");
    }

    private static void requireSupport() throws UnavailableException {
        try {
            if (!Commands.words("id -u").strip().equals("0")) {
                throw new UnavailableException("Network namespaces need root, and this is another user.", null);
            }
            Commands.words("ip netns list");
        } catch (UnavailableException e) {
            throw e;
        } catch (IOException e) {
            throw new UnavailableException(
                    "Network namespaces need Linux and the program ip (package iproute2): " + e.getMessage(), e);
        }
    }

    private static String freeSubnet() throws IOException {
        String taken = Commands.words("ip -4 -o address show");
        int first = (int) (ProcessHandle.current().pid() % SUBNETS);
        for (int i = 0; i < SUBNETS; i++) {
            int number = (first + i) % SUBNETS;
            String candidate = "10." + (64 + number / 256) + "." + number % 256 + ".";
            if (!taken.contains(" " + candidate)) {
                return candidate;
            }
        }
        throw new IOException("All networks from 10.64.0.0 to 10.127.255.0 are in use.");
    }

    private void create() throws IOException {
        Commands.words("ip link add " + bridge + " type bridge");
        Commands.words("ip address add " + subnet + "1/24 dev " + bridge);
        Commands.words("ip link set " + bridge + " up");
        for (int node : nodes) {
            Commands.words("ip netns add " + namespace(node));
            Commands.words("ip link add " + prefix + "v" + node + " type veth peer name " + INTERFACE + " address "
                    + hardware(node) + " netns " + namespace(node));
            Commands.words("ip link set " + prefix + "v" + node + " master " + bridge + " up");
            String inside = "ip -n " + namespace(node) + " ";
            Commands.words(inside + "address add " + host(node) + "/24 dev " + INTERFACE);
            Commands.words(inside + "link set lo up");
            Commands.words(inside + "link set " + INTERFACE + " up");
            for (int other : nodes) {
                if (other != node) {
                    restore(new Link(node, other));
                }
            }
        }
    }

    String namespace(int node) {
        return prefix + "n" + node;
    }

    /** The address of a node, for its peers and for clients on this machine. */
    String host(int node) {
        return subnet + (10 + node);
    }

    private static String hardware(int node) {
        return String.format("02:72:6c:00:00:%02x", node);
    }

    void cut(Link link) throws IOException {
        neighbour(link, NOBODY);
    }

    void restore(Link link) throws IOException {
        neighbour(link, hardware(link.to()));
    }

    private void neighbour(Link link, String hardwareAddress) throws IOException {
        Commands.words("ip -n " + namespace(link.from()) + " neigh replace " + host(link.to()) + " lladdr "
                + hardwareAddress + " dev " + INTERFACE + " nud permanent");
    }

    /** @param percent 0 for none */
    void lose(Link link, int percent) throws IOException {
        String tc = "tc -n " + namespace(link.to()) + " ";
        if (!Commands.words(tc + "qdisc show dev " + INTERFACE).contains("clsact")) {
            Commands.words(tc + "qdisc add dev " + INTERFACE + " clsact");
        }
        String filter = " dev " + INTERFACE + " ingress protocol ip pref " + link.from();
        if (percent == 0) {
            Commands.words(tc + "filter del" + filter);
            return;
        }
        List<String> command =
                new ArrayList<>(List.of((tc + "filter replace" + filter + " bpf da bytecode").split(" ")));
        command.add(losing(numeric(host(link.from())), percent));
        try {
            Commands.run(command.toArray(String[]::new));
        } catch (IOException e) {
            throw new UnavailableException("Packets are lost by a filter of tc, which does not work here.", e);
        }
    }

    /** Drops what comes from that address if a random number is low enough; jumps count from the next instruction. */
    private static String losing(long sender, int percent) {
        long threshold = Math.min((1L << 32) - 1, (1L << 32) * percent / 100);
        return "6,32 0 0 " + SENDER_OFFSET + ",21 0 3 " + sender + ",32 0 0 " + RANDOM_OFFSET + ",53 1 0 " + threshold
                + ",6 0 0 2,6 0 0 " + NEXT_FILTER + ",";
    }

    private static long numeric(String address) {
        long number = 0;
        for (String part : address.split("\\.")) {
            number = number << 8 | Integer.parseInt(part);
        }
        return number;
    }

    /** @param millis 0 for none */
    void delay(int node, int millis) throws IOException {
        String qdisc = "tc -n " + namespace(node) + " qdisc ";
        if (millis == 0) {
            Commands.words(qdisc + "del dev " + INTERFACE + " root");
            return;
        }
        try {
            Commands.words(qdisc + "replace dev " + INTERFACE + " root netem delay " + millis + "ms");
        } catch (IOException e) {
            throw new UnavailableException("Delays need tc and the kernel's netem: " + e.getMessage(), e);
        }
    }

    /** How many of so many packets arrive at the other node. */
    long delivered(Link link, int packets) throws IOException {
        long before = withoutReceiver(link.to());
        // a socket for each: a refusal that comes back would be reported instead of the next packet being sent
        Commands.run(
                "ip",
                "netns",
                "exec",
                namespace(link.from()),
                "bash",
                "-c",
                "for ((i = 0; i < " + packets + "; i++)); do echo > /dev/udp/" + host(link.to()) + "/" + PROBE_PORT
                        + "; done 2>/dev/null; true");
        return withoutReceiver(link.to()) - before;
    }

    /** Of the two lines that begin with Udp, the first has the names. */
    private long withoutReceiver(int node) throws IOException {
        List<String> udp = Commands.lines("ip netns exec " + namespace(node) + " cat /proc/net/snmp").stream()
                .filter(line -> line.startsWith("Udp:"))
                .toList();
        int column = List.of(udp.get(0).split(" ")).indexOf("NoPorts");
        return Long.parseLong(udp.get(1).split(" ")[column]);
    }

    /** How long a refused connection from outside of the namespaces takes. */
    long roundTripMillis(int node) throws IOException {
        long startNanos = System.nanoTime();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host(node), PROBE_PORT), CONNECT_TIMEOUT_MILLIS);
            throw new IOException("Somebody listens at port " + PROBE_PORT + " of node " + node + ".");
        } catch (SocketException e) {
            return (System.nanoTime() - startNanos) / 1_000_000;
        }
    }

    private void removeQuietly() {
        try {
            close();
        } catch (IOException | UncheckedIOException e) {
            // the next run will try again
            System.err.println("Could not be removed: " + e.getMessage());
        }
    }

    /** Kills what runs in the namespaces and removes them. */
    @Override
    public void close() throws IOException {
        Leftovers.remove(prefix);
        OPEN.remove(this);
    }

    /** For messages: the address of each node. */
    @Override
    public String toString() {
        Map<Integer, String> hosts = new TreeMap<>();
        nodes.forEach(node -> hosts.put(node, host(node)));
        return bridge + hosts;
    }
}
