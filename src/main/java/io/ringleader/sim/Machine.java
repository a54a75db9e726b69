package io.ringleader.sim;

import io.ringleader.config.ClusterConfig;
import io.ringleader.node.Node;
import io.ringleader.raft.Raft;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** What outlives a process of a node: its disk unless it is lost, its clock, its number of starts. */
final class Machine {
    final int id;
    MemoryDisk disk;
    final MachineClock clock;
    long incarnation;
    /** How long the log loop and the snapshot loop take at most to get to their work. */
    long diskDelayNanos;
    /** A loop that fails ends the process, as it is meant to, and not the run. */
    boolean mayFail;

    /** What the disk had done wrong when the node was last started. */
    long hitsAtStart;

    /** How often in a row the node has refused to start because of what is, or is not, on its disk. */
    int refusals;

    /** What the node finds when it starts. */
    ClusterConfig config;

    VirtualProcess process;
    /** The process that was told to stop; null if none was. */
    VirtualProcess leaving;

    Node node;
    /** Of the node's process, by partition. */
    final Map<Integer, Raft> rafts = new TreeMap<>();

    Machine(int id, MemoryDisk disk, MachineClock clock, long diskDelayNanos, ClusterConfig config) {
        this.id = id;
        this.disk = disk;
        this.clock = clock;
        this.diskDelayNanos = diskDelayNanos;
        this.config = config;
    }

    /** Whether the node has a reason to end, or not to start, if its disk fails it. */
    boolean isExcused() {
        return mayFail || disk.faults().hits() > hitsAtStart;
    }

    /** @throws IOException if its disk does not let it, and has no excuse */
    void endInOrder() throws IOException {
        process.kill();
        try {
            node.close();
        } catch (IOException e) {
            if (!isExcused()) {
                throw e;
            }
        } catch (MemoryDisk.PowerLost e) {
            disk.powerLoss();
        }
        disk.killProcess();
    }

    boolean isUp() {
        return process != null && process.isAlive();
    }
}
