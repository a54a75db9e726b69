/** What clients notice when nodes of a real cluster fail or are overloaded, measured: {@code make test-failover}. */
package io.ringleader.failover;
