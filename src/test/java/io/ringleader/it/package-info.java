/**
 * Integration tests: the packaged jar in processes of its own, real clients, real sockets and {@code kill -9}. They are named
 * {@code *IT} and run by {@code mvn verify}.
 */
package io.ringleader.it;
