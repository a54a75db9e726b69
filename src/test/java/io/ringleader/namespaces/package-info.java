/**
 * Clusters of real nodes with a real network between them that can be broken: every node is a process in a network namespace
 * of its own. Linux only, as root, with {@code ip} (and {@code tc} for packets that get lost).
 */
package io.ringleader.namespaces;
