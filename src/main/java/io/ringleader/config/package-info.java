/**
 * The configuration file of a cluster, read and checked, as immutable records. Every problem in the file is reported at once,
 * with its line and with what would be right.
 */
package io.ringleader.config;
