/**
 * Threads, and the only way between them: tasks handed to a {@link io.ringleader.loop.Loop}. Knows nothing of what runs on it.
 */
package io.ringleader.loop;
