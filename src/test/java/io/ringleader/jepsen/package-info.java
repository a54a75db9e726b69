/**
 * Runs in the manner of Jepsen: clients of real nodes in network namespaces, a nemesis that does them harm, and checks of what the
 * clients heard. {@code make jepsen} runs {@link io.ringleader.jepsen.Jepsen}; docs/jepsen.md says what it does and does not tell.
 */
package io.ringleader.jepsen;
