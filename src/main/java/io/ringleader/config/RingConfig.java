package io.ringleader.config;

/**
 * How replicas are spread over the nodes, see {@link io.ringleader.ring.Ring}.
 *
 * @param virtualNodes tokens of each node on the ring
 * @param loadFactor how far above its fair share a node may be loaded, at least 1
 */
public record RingConfig(int virtualNodes, double loadFactor) {}
