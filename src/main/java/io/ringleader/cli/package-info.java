/**
 * The commands a person types: {@code serve}, {@code local}, {@code check}, {@code bench}, {@code simulate} and {@code version}. The only package that writes to
 * the terminal and starts processes.
 */
package io.ringleader.cli;
