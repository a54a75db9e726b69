/**
 * Sockets: the selector loop, its connections and buffers, and the links between the nodes of a cluster. Knows nothing of what
 * the bytes mean.
 */
package io.ringleader.net;
