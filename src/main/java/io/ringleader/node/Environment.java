package io.ringleader.node;

import io.ringleader.loop.Clock;
import io.ringleader.loop.Loop;
import io.ringleader.net.Network;
import io.ringleader.raft.StepObserver;
import io.ringleader.storage.Disk;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The world a node lives in, handed to it: real threads, sockets and files in production, simulated ones in a simulation. The
 * node itself touches nothing else.
 *
 * @param clientNetwork client connections; its handlers run on {@code clientLoop}
 * @param peerNetwork connections to the other nodes; its handlers run on {@code raftLoop}
 * @param disk the data directory, locked by this node
 * @param incarnation grows with every start of the node, also after its directory was wiped
 * @param snapshotReaders runs what reads snapshots at the start: at once, or on other threads, side by side; not used afterwards
 * @param process facts about the process, for {@code stats}, by memcached's names; called on the client loop
 * @param shutdown begins to end the process in good order and returns at once; called on the client loop
 * @param observers by partition: who observes this node's Raft of it, on the raft loop
 */
public record Environment(
        Clock clock,
        RandomGenerator random,
        Loop clientLoop,
        Network clientNetwork,
        Loop raftLoop,
        Network peerNetwork,
        Loop logLoop,
        Loop storeLoop,
        Loop snapshotLoop,
        Disk disk,
        long incarnation,
        Consumer<Runnable> snapshotReaders,
        Supplier<SortedMap<String, String>> process,
        Runnable shutdown,
        IntFunction<StepObserver> observers) {

    /** A node whose Rafts nobody observes. */
    public Environment(
            Clock clock,
            RandomGenerator random,
            Loop clientLoop,
            Network clientNetwork,
            Loop raftLoop,
            Network peerNetwork,
            Loop logLoop,
            Loop storeLoop,
            Loop snapshotLoop,
            Disk disk,
            long incarnation,
            Consumer<Runnable> snapshotReaders,
            Supplier<SortedMap<String, String>> process,
            Runnable shutdown) {
        this(
                clock,
                random,
                clientLoop,
                clientNetwork,
                raftLoop,
                peerNetwork,
                logLoop,
                storeLoop,
                snapshotLoop,
                disk,
                incarnation,
                snapshotReaders,
                process,
                shutdown,
                partition -> StepObserver.NONE);
    }
}
