package io.ringleader.cli;

import io.ringleader.config.NodeConfig;
import java.io.IOException;

/** Starts the process of one node. */
interface NodeLauncher {
    /**
     * Starts the node and returns at once. The process writes its log to standard output, and it exits when its standard input
     * ends, which happens when this process is gone, however it went.
     */
    Process start(NodeConfig node) throws IOException;
}
