package io.ringleader.config;

import java.nio.file.Path;

/**
 * One {@code [[node]]} of the file.
 *
 * @param id 1 to 65535; names the node for life
 * @param client where the node listens for memcached clients
 * @param peer where the node listens for the other nodes, and where they connect to
 * @param data the directory that holds all that the node must not forget; absolute
 */
public record NodeConfig(int id, HostPort client, HostPort peer, Path data) {}
