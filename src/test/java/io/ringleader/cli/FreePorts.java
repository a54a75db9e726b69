package io.ringleader.cli;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.Random;

/** Finds ports that a local cluster can use. */
final class FreePorts {
    private FreePorts() {}

    /** A base port such that the client and peer ports of so many nodes are free, at this moment at least. */
    static int base(int nodes) {
        Random random = new Random();
        while (true) {
            // below the ports that the system hands out to connections
            int base = 15_000 + random.nextInt(15_000);
            if (allFree(base, nodes) && allFree(base + LocalCluster.PEER_PORT_OFFSET, nodes)) {
                return base;
            }
        }
    }

    private static boolean allFree(int first, int count) {
        for (int port = first; port < first + count; port++) {
            try (ServerSocket socket = new ServerSocket(port)) {
                socket.setReuseAddress(true);
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }
}
