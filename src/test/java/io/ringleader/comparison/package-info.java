/**
 * Measures Ringleader beside other systems on the same machine: {@code make bench}, {@code make bench-memory}. Programs of their
 * own, no tests; they start the systems, put loads of {@link io.ringleader.bench} on them, and write tables and plots.
 */
package io.ringleader.comparison;
