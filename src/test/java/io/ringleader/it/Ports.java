package io.ringleader.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/**
 * Ports that nobody uses. They lie below the range from which the kernel takes ports for outgoing connections: the port of a
 * node that is down for a while must not be taken by one.
 */
final class Ports {
    private static final int FIRST = 10_000;
    private static final int LAST = 31_000;
    private static final int TRIES = 1_000;
    private static final Random RANDOM = new Random();
    private static final Set<Integer> GIVEN = new HashSet<>();

    private Ports() {}

    static int free() {
        return freeRow(1, 0);
    }

    /** The first of {@code count} free ports in a row; those {@code offset} higher are free as well. */
    static synchronized int freeRow(int count, int offset) {
        for (int attempt = 0; attempt < TRIES; attempt++) {
            int first = FIRST + RANDOM.nextInt(LAST - FIRST - count - offset);
            boolean free = true;
            for (int port = first; port < first + count && free; port++) {
                free = isFree(port) && isFree(port + offset);
            }
            if (free) {
                for (int port = first; port < first + count; port++) {
                    GIVEN.add(port);
                    GIVEN.add(port + offset);
                }
                return first;
            }
        }
        throw new IllegalStateException("No " + count + " free ports in a row between " + FIRST + " and " + LAST
                + " were found in " + TRIES + " tries.");
    }

    private static boolean isFree(int port) {
        if (GIVEN.contains(port)) {
            return false;
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
