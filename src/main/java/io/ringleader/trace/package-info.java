/**
 * What happened in a simulated run, to be read: {@link io.ringleader.trace.TraceEvent events}, one line of text for each, and a
 * page for a browser. Nothing here decides anything; whoever records pays, and nobody else.
 */
package io.ringleader.trace;
