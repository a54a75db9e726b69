package io.ringleader.node;

import io.ringleader.config.ClusterConfig;
import io.ringleader.config.Limits;
import io.ringleader.raft.Entry;
import io.ringleader.raft.EntryType;
import io.ringleader.raft.HardState;
import io.ringleader.raft.Raft;
import io.ringleader.raft.RaftConfig;
import io.ringleader.raft.Replica;
import io.ringleader.raft.SnapshotPoint;
import io.ringleader.ring.Ring;
import io.ringleader.storage.NodeRecovery.Recovered;
import io.ringleader.storage.NodeRecovery.RecoveredReplica;
import io.ringleader.store.PartitionStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.random.RandomGenerator;

/** Makes the groups and stores of a node from what recovery found on its disk. Used before the loops of the node run. */
final class GroupRecovery {
    private static final long MILLI = 1_000_000L;

    private final ClusterConfig config;
    private final int self;
    private final Environment env;
    private final Ring ring;
    private final SnapshotKeeper snapshots;
    private final StoreHost storeHost;
    private final RaftHost raftHost;

    GroupRecovery(
            ClusterConfig config,
            int self,
            Environment env,
            SnapshotKeeper snapshots,
            StoreHost storeHost,
            RaftHost raftHost) {
        this.config = config;
        this.self = self;
        this.env = env;
        this.ring = config.ring();
        this.snapshots = snapshots;
        this.storeHost = storeHost;
        this.raftHost = raftHost;
    }

    /** @throws IOException if a snapshot cannot be read */
    void recover(Recovered recovered) throws IOException {
        Limits limits = config.limits();
        RaftConfig raftConfig = new RaftConfig(
                        config.timeouts().heartbeatMillis() * MILLI,
                        config.timeouts().electionTimeoutMinMillis() * MILLI,
                        config.timeouts().electionTimeoutMaxMillis() * MILLI,
                        (int) limits.appendMaxBytes(),
                        (int) limits.inflightMaxEntries(),
                        limits.inflightMaxBytes(),
                        limits.uncommittedMaxBytes(),
                        config.replicas() == 1 ? 0 : limits.logRetainBytes()) // nobody lags behind oneself
                .withLease(config.reads().leaseMillis(config.timeouts()) * MILLI);
        Map<Integer, Future<PartitionStore>> stores = beginToLoad(recovered);
        // Election timers are wound up at every message of a leader: not worth the price of a secure random.
        RandomGenerator timeouts = new SplittableRandom(env.random().nextLong());
        for (int partition : ring.partitionsOf(self)) {
            RecoveredReplica replica = recovered.replicas().get(partition);
            SnapshotPoint point = SnapshotPoint.NONE;
            HardState hardState = HardState.INITIAL;
            List<Entry> entries = new ArrayList<>();
            List<Replica> replicas = new ArrayList<>();
            long snapshotBytes = 0;
            PartitionStore store = new PartitionStore(partition);
            if (replica != null) {
                hardState = new HardState(replica.term(), replica.votedFor());
                if (replica.snapshot() != null) {
                    point = pointOf(replica);
                    store = loaded(stores.get(partition));
                    snapshotBytes = snapshots.fileBytes(partition, point);
                }
                replica.entries()
                        .forEach(e ->
                                entries.add(new Entry(e.index(), e.term(), EntryType.ofCode(e.type()), e.payload())));
                replica.replicas()
                        .forEach(r -> replicas.add(new Replica(r.node(), r.generation(), r.identity(), r.voter())));
            }
            storeHost.add(partition, store, point.term());
            Raft raft = new Raft(
                    self,
                    ring.replicas(partition),
                    raftConfig,
                    timeouts,
                    hardState,
                    point,
                    entries,
                    replicas,
                    env.clock().monotonicNanos(),
                    env.observers().apply(partition));
            PartitionGroup group =
                    new PartitionGroup(partition, ring.preferredLeader(partition), raft, raftHost.uncommitted());
            group.snapshotBytes = snapshotBytes;
            raftHost.add(group);
        }
    }

    /** Side by side, as reading them takes most of the time until a node with much data serves. */
    private Map<Integer, Future<PartitionStore>> beginToLoad(Recovered recovered) {
        Map<Integer, Future<PartitionStore>> stores = new HashMap<>();
        for (int partition : ring.partitionsOf(self)) {
            RecoveredReplica replica = recovered.replicas().get(partition);
            if (replica != null && replica.snapshot() != null) {
                FutureTask<PartitionStore> task = new FutureTask<>(() -> snapshots.load(partition, pointOf(replica)));
                stores.put(partition, task);
                env.snapshotReaders().accept(task);
            }
        }
        return stores;
    }

    private static PartitionStore loaded(Future<PartitionStore> store) throws IOException {
        try {
            return store.get();
        } catch (InterruptedException e) {
            throw new IllegalStateException("A thread that makes a node must not be interrupted.", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof RuntimeException unexpected) {
                throw unexpected;
            }
            if (cause instanceof Error error) {
                throw error;
            }
            throw (IOException) cause;
        }
    }

    private static SnapshotPoint pointOf(RecoveredReplica replica) {
        return new SnapshotPoint(replica.snapshot().index(), replica.snapshot().term());
    }
}
