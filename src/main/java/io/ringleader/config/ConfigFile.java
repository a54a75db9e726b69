package io.ringleader.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** Reads a configuration file. Any thread may call it; it blocks on the disk. */
public final class ConfigFile {
    private static final Pattern CLUSTER_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final int SECRET_MIN_LENGTH = 16;

    private final Path file;
    private final TomlParseResult toml;
    private final Problems problems;
    private final boolean readsFiles;

    private ConfigFile(Path file, TomlParseResult toml, boolean readsFiles) {
        this.file = file;
        this.readsFiles = readsFiles;
        this.toml = toml;
        this.problems = new Problems(file.toString());
    }

    /** A node and where it stands: {@code node[2]} is the second in the file. */
    record WrittenNode(String path, NodeConfig node) {}

    /** What is wrong with one value, and what would be right. */
    static final class BadValueException extends Exception {
        private static final long serialVersionUID = 1L;

        final String problem;
        final String remedy;

        BadValueException(String problem, String remedy) {
            super(problem + " " + remedy);
            this.problem = problem;
            this.remedy = remedy;
        }
    }

    /**
     * Reads and checks a file. Relative data directories in it are relative to the directory of the file.
     *
     * @throws ConfigException with everything that is wrong, also if the file cannot be read
     */
    public static ClusterConfig load(Path file) throws ConfigException {
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            throw unreadable(file, "There is no such file.");
        } catch (CharacterCodingException e) {
            throw unreadable(file, "The file is not UTF-8 text.");
        } catch (IOException e) {
            String reason = e.getMessage() == null ? e.toString() : e.getMessage();
            throw unreadable(file, "The file cannot be read: " + reason + ".");
        }
        return parse(text, file, true);
    }

    /**
     * As {@link #load}, for a text that stands, or could stand, in the file. Reads nothing: there are no passwords if there
     * is an {@code auth_file}.
     */
    public static ClusterConfig parse(String text, Path file) throws ConfigException {
        return parse(text, file, false);
    }

    private static ClusterConfig parse(String text, Path file, boolean readsFiles) throws ConfigException {
        TomlParseResult toml = Toml.parse(text);
        ConfigFile reader = new ConfigFile(file, toml, readsFiles);
        for (TomlParseError error : toml.errors()) {
            reader.problems.error(error.position().line(), "", error.getMessage() + ".", "");
        }
        // after a syntax error the rest is guesswork, and so would be its problems
        reader.problems.throwIfAny();
        return reader.read();
    }

    private static ConfigException unreadable(Path file, String problem) {
        return new ConfigException(List.of(new ConfigProblem(file.toString(), 0, "", problem, "")));
    }

    private ClusterConfig read() throws ConfigException {
        reportUnknownTables();
        TableReader cluster = table("cluster");
        TableReader ring = table("ring");
        TableReader timeouts = table("timeouts");
        TableReader limits = table("limits");

        cluster.require("name", "\"demo\"");
        String name = cluster.text("name", ConfigFile::clusterName).orElse("");
        Optional<String> secret = cluster.text("peer_secret", ConfigFile::secret);
        long partitions = cluster.number(Schema.PARTITIONS);
        List<WrittenNode> nodes = nodes();
        ClusterConfig config = new ClusterConfig(
                name,
                (int) partitions,
                (int) cluster.number(Schema.REPLICAS),
                secret,
                cluster.flag("allow_unauthenticated_peers"),
                clientAccess(cluster),
                new RingConfig(
                        (int) ring.number(Schema.VIRTUAL_NODES),
                        ring.decimal(
                                "load_factor", Schema.LOAD_FACTOR, Schema.LOAD_FACTOR_MIN, Schema.LOAD_FACTOR_MAX)),
                timeouts(timeouts),
                new ReadPolicy(cluster.text("reads", ConfigFile::isLease).orElse(false), (int)
                        timeouts.number(Schema.CLOCK_DRIFT)),
                limits(limits, partitions),
                nodes.stream()
                        .map(WrittenNode::node)
                        .sorted(Comparator.comparingInt(NodeConfig::id))
                        .toList(),
                List.of());
        boolean secretWritten = cluster.has("peer_secret");
        new Checks(config, nodes, problems).run(secretWritten);
        problems.throwIfAny();
        return withWarnings(config, problems.warnings());
    }

    private ClientAccess clientAccess(TableReader cluster) {
        Optional<Path> authFile = cluster.text("auth_file", this::path);
        Optional<Map<String, String>> passwords = readsFiles
                ? cluster.text("auth_file", text -> AuthFile.parse(readLines(path(text)), text))
                : Optional.empty();
        return new ClientAccess(authFile, passwords.orElse(Map.of()), cluster.flag("allow_shutdown_command"));
    }

    private static List<String> readLines(Path authFile) throws BadValueException {
        try {
            return Files.readAllLines(authFile);
        } catch (NoSuchFileException e) {
            throw new BadValueException("There is no file " + authFile + ".", AuthFile.REMEDY);
        } catch (CharacterCodingException e) {
            throw new BadValueException(authFile + " is not UTF-8 text.", AuthFile.REMEDY);
        } catch (IOException e) {
            String reason = e.getMessage() == null ? e.toString() : e.getMessage();
            throw new BadValueException(authFile + " cannot be read: " + reason + ".", "Let the node read it.");
        }
    }

    private static Timeouts timeouts(TableReader table) {
        return new Timeouts(
                table.number(Schema.HEARTBEAT),
                table.number(Schema.ELECTION_MIN),
                table.number(Schema.ELECTION_MAX),
                table.number(Schema.COMMAND),
                table.number(Schema.STOP));
    }

    private static Limits limits(TableReader table, long partitions) {
        long snapshotLogBytes = table.number(Schema.SNAPSHOT_LOG);
        long logRetainBytes = table.number(Schema.LOG_RETAIN);
        long walSegmentBytes = table.number(Schema.WAL_SEGMENT);
        long walMaxBytes = table.number(Schema.WAL_MAX);
        if (!table.has(Schema.WAL_MAX.name())) {
            // Room for every partition of the cluster, wherever they are placed, and half as much again: where little
            // happens no snapshot is to be taken at once for those in which much does. What a large partition needs
            // beyond that, in proportion to what it holds, is in memory_bytes.
            long need = Checks.walNeed(partitions, snapshotLogBytes, walSegmentBytes);
            long largeMaxBytes =
                    Limits.LOG_GROWTH_MAX * table.number(Schema.MEMORY) / Limits.SNAPSHOT_BYTES_PER_LOG_BYTE;
            long roomy = need + need / 2 + largeMaxBytes;
            walMaxBytes = Math.max(walMaxBytes, roomy);
        }
        long uncommittedMaxBytes = table.number(Schema.UNCOMMITTED_MAX);
        long uncommittedNodeMaxBytes = table.number(Schema.UNCOMMITTED_NODE_MAX);
        if (!table.has(Schema.UNCOMMITTED_NODE_MAX.name())) {
            uncommittedNodeMaxBytes =
                    Math.max(uncommittedNodeMaxBytes, Checks.UNCOMMITTED_SHARES * uncommittedMaxBytes);
        }
        return new Limits(
                table.number(Schema.MEMORY),
                table.number(Schema.ITEM_MAX),
                table.number(Schema.MAX_CONNECTIONS),
                table.number(Schema.OUTPUT_MAX),
                table.number(Schema.CLIENT_BUFFERS_MAX),
                table.number(Schema.CLIENT_QUEUE_MAX),
                table.number(Schema.BATCH_MAX),
                table.number(Schema.RESULT_MAX),
                table.number(Schema.APPEND_MAX),
                table.number(Schema.INFLIGHT_MAX),
                table.number(Schema.INFLIGHT_ENTRIES),
                uncommittedMaxBytes,
                uncommittedNodeMaxBytes,
                snapshotLogBytes,
                logRetainBytes,
                walSegmentBytes,
                walMaxBytes,
                table.number(Schema.SNAPSHOT_CHUNK),
                table.number(Schema.FRAME_MAX),
                table.number(Schema.PEER_BACKLOG),
                (int) table.number(Schema.LOOP_THREADS));
    }

    private void reportUnknownTables() {
        for (String key : toml.keySet()) {
            TomlPosition position = toml.inputPositionOf(List.of(key));
            problems.standsAt(key, position == null ? 0 : position.line());
            if (!Schema.KEYS.containsKey(key)) {
                String kind = toml.get(List.of(key)) instanceof TomlTable ? "table" : "setting outside of a table";
                problems.error(
                        key,
                        "There is no such " + kind + ".",
                        Nearest.suggestion(
                                key, Schema.KEYS.keySet().stream().sorted().toList()));
            }
        }
    }

    private TableReader table(String name) {
        Object value = toml.get(List.of(name));
        if (value != null && !(value instanceof TomlTable)) {
            problems.error(
                    name, TableReader.describe(value) + " is not a table.", "Begin it with a line [" + name + "].");
        }
        TomlTable table = value instanceof TomlTable found ? found : Toml.parse("");
        return new TableReader(name, name, table, problems);
    }

    /** In the order of the file. */
    private List<WrittenNode> nodes() {
        Object value = toml.get(List.of("node"));
        if (value != null && !(value instanceof TomlArray)) {
            problems.error("node", "It is one table.", "Begin each node with a line [[node]], in double brackets.");
            return List.of();
        }
        if (value == null) {
            problems.error(1, "node", "There are no nodes.", "Begin each node with a line [[node]].");
            return List.of();
        }
        TomlArray array = (TomlArray) value;
        List<WrittenNode> nodes = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            String path = "node[" + (i + 1) + "]";
            problems.nodeStandsAt(path, array.inputPositionOf(i).line());
            if (array.get(i) instanceof TomlTable table) {
                node(path, table).ifPresent(nodes::add);
            } else {
                problems.error(path, TableReader.describe(array.get(i)) + " is not a table.", "Write [[node]].");
            }
        }
        if (array.isEmpty()) {
            problems.error("node", "There are no nodes.", "Begin each node with a line [[node]].");
        }
        return nodes;
    }

    private Optional<WrittenNode> node(String path, TomlTable toml) {
        TableReader table = new TableReader("node", path, toml, problems);
        table.require("id", "1");
        table.require("client", "\"127.0.0.1:11211\"");
        table.require("peer", "\"127.0.0.1:12211\"");
        int id = (int) table.number(Schema.NODE_ID);
        Optional<HostPort> client = table.text("client", HostPort::parse);
        Optional<HostPort> peer = table.text("peer", HostPort::parse);
        Optional<Path> data =
                table.has("data") ? table.text("data", this::path) : Optional.of(resolve(Path.of("data", "node" + id)));
        if (id == Schema.NODE_ID.fallback() || client.isEmpty() || peer.isEmpty() || data.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new WrittenNode(path, new NodeConfig(id, client.get(), peer.get(), data.get())));
    }

    private Path resolve(Path directory) {
        return file.toAbsolutePath().resolveSibling(directory).normalize();
    }

    private Path path(String text) throws BadValueException {
        String remedy = "Write a path, such as \"data/node1\"; a relative one starts at the directory of this file.";
        if (text.isBlank()) {
            throw new BadValueException("It is empty.", remedy);
        }
        try {
            return resolve(Path.of(text));
        } catch (InvalidPathException e) {
            throw new BadValueException("\"" + text + "\" is not a path: " + e.getReason() + ".", remedy);
        }
    }

    private static String clusterName(String text) throws BadValueException {
        if (!CLUSTER_NAME.matcher(text).matches()) {
            throw new BadValueException(
                    "\"" + text + "\" is not a name.",
                    "Use 1 to 64 letters, digits, dots, dashes and underscores, the first a letter or digit.");
        }
        return text;
    }

    private static boolean isLease(String text) throws BadValueException {
        return switch (text) {
            case "index" -> false;
            case "lease" -> true;
            default ->
                throw new BadValueException("There are no \"" + text + "\" reads.", "Write \"index\" or \"lease\".");
        };
    }

    private static String secret(String text) throws BadValueException {
        if (text.length() < SECRET_MIN_LENGTH) {
            // says nothing of the text: errors end up in logs
            throw new BadValueException(
                    "It has only " + text.length() + " characters.",
                    "Use at least " + SECRET_MIN_LENGTH + " random ones.");
        }
        return text;
    }

    private static ClusterConfig withWarnings(ClusterConfig config, List<ConfigProblem> warnings) {
        return new ClusterConfig(
                config.name(),
                config.partitions(),
                config.replicas(),
                config.peerSecret(),
                config.allowUnauthenticatedPeers(),
                config.clientAccess(),
                config.ringConfig(),
                config.timeouts(),
                config.reads(),
                config.limits(),
                config.nodes(),
                warnings);
    }
}
