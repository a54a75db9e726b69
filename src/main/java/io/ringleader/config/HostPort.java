package io.ringleader.config;

import io.ringleader.config.ConfigFile.BadValueException;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A TCP address as it is written in the file: {@code host:port}, with IPv6 hosts in brackets. Two are equal if they are written
 * alike; no name is looked up until {@link #toSocketAddress}.
 *
 * @param host a name or an address, in lower case, without brackets
 * @param port 1 to 65535
 */
public record HostPort(String host, int port) {
    private static final Pattern FORM =
            Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([A-Za-z0-9](?:[A-Za-z0-9._-]*))):(\\d+)");
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|::1|0:0:0:0:0:0:0:1");
    private static final Pattern WILDCARD = Pattern.compile("0\\.0\\.0\\.0|::|0:0:0:0:0:0:0:0");

    /** Checks the port. */
    public HostPort {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("Port " + port + " of host " + host + " is not in 1 to 65535.");
        }
        host = host.toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException if the text is no {@code host:port}; the message says what would be one */
    public static HostPort of(String text) {
        try {
            return parse(text);
        } catch (BadValueException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    static HostPort parse(String text) throws BadValueException {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new BadValueException(
                    "\"" + text + "\" is not an address.",
                    "Write host:port, such as \"127.0.0.1:11211\" or \"[::1]:11211\".");
        }
        String host = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
        String digits = matcher.group(3);
        int port = digits.length() > 5 ? -1 : Integer.parseInt(digits);
        if (port < 1 || port > 65_535) {
            throw new BadValueException("Port " + digits + " is out of range.", "Use a port from 1 to 65535.");
        }
        return new HostPort(host, port);
    }

    /** Whether it is reachable from this machine only. Only what is written so counts; names are not looked up. */
    public boolean isLoopback() {
        return LOOPBACK.matcher(host).matches();
    }

    /** Whether it stands for every address of the machine: one can listen on it, but not connect to it. */
    public boolean isWildcard() {
        return WILDCARD.matcher(host).matches();
    }

    /**
     * Where to dial: an address as it is, a name not looked up yet, so that each attempt looks it up anew and finds a host that
     * has moved.
     */
    public InetSocketAddress toDial() {
        boolean isAddress = host.indexOf(':') >= 0 || IPV4.matcher(host).matches();
        return isAddress ? toSocketAddress() : InetSocketAddress.createUnresolved(host, port);
    }

    /** Looks the name up, which may block; the result is {@link InetSocketAddress#isUnresolved unresolved} if it is not known. */
    public InetSocketAddress toSocketAddress() {
        return new InetSocketAddress(host, port);
    }

    /** As it is written in the file. */
    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
