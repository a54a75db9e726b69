package io.ringleader.sim.fault;

import io.ringleader.sim.FaultAtlas;
import io.ringleader.sim.SimCluster;
import java.util.List;
import java.util.Random;

/** Where faults happen. When it is over, nothing that they have planned happens any more. */
public final class Scene {
    private static final long RESTART_CHECK_MILLIS = 20;
    private static final int REFUSALS_BELIEVED = 2;

    private final SimCluster cluster;
    private final FaultAtlas atlas;
    private final Random random;
    private boolean over;

    public Scene(SimCluster cluster) {
        this.cluster = cluster;
        atlas = new FaultAtlas(cluster);
        random = cluster.world().random();
    }

    public SimCluster cluster() {
        return cluster;
    }

    /** Which nodes have all that they have promised. */
    public FaultAtlas atlas() {
        return atlas;
    }

    /**
     * Starts a node that is down, as somebody who looks after it: a node that refuses for the second time, because something on its
     * disk is damaged, gets an empty directory.
     *
     * @return whether it is up now
     */
    public boolean start(int node) {
        boolean damaged = !atlas.isWhole(node);
        if (damaged) {
            cluster.mayFail(node);
        }
        boolean up = cluster.start(node);
        if (!up && damaged && cluster.refusals(node) >= REFUSALS_BELIEVED) {
            atlas.empty(node);
        } else if (up && damaged) {
            // What it has not noticed yet, it may notice at any time.
            cluster.mayFail(node);
        }
        return up;
    }

    public Random random() {
        return random;
    }

    public boolean isOver() {
        return over;
    }

    public void end() {
        over = true;
    }

    /** Runs it after the time, unless the scene is over then. */
    public void later(long millis, Runnable what) {
        cluster.world().after(millis, () -> {
            if (!over) {
                what.run();
            }
        });
    }

    /** A time around the mean, exponentially distributed: mostly short, sometimes long. */
    public long aboutMillis(long meanMillis) {
        return 1 + (long) (-Math.log(1 - random.nextDouble()) * meanMillis);
    }

    public int between(int least, int most) {
        return least + random.nextInt(most - least + 1);
    }

    public <T> T oneOf(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    public int anyNode() {
        return oneOf(cluster.nodes());
    }

    /** A node that is up; 0 if none is. */
    public int anyUp() {
        List<Integer> up = cluster.nodes().stream().filter(cluster::isUp).toList();
        return up.isEmpty() ? 0 : oneOf(up);
    }

    /** Half of the time the leader of some partition, where faults hurt most; 0 if no node is up. */
    public int anyUpPreferablyLeader() {
        int leader = cluster.leaderOf(random.nextInt(cluster.config().partitions()));
        return random.nextBoolean() && leader != 0 ? leader : anyUp();
    }

    /** A node that is down; 0 if none is. */
    public int anyDown() {
        List<Integer> down =
                cluster.nodes().stream().filter(id -> !cluster.isUp(id)).toList();
        return down.isEmpty() ? 0 : oneOf(down);
    }

    /** Another node than this one; 0 in a cluster of one. */
    public int anyOther(int node) {
        List<Integer> others = cluster.nodes().stream().filter(id -> id != node).toList();
        return others.isEmpty() ? 0 : oneOf(others);
    }

    /** Nodes that are down come back after about this time, as if somebody looked after them. */
    public void restartNodes(long meanMillis) {
        later(RESTART_CHECK_MILLIS, () -> {
            atlas.look();
            for (int node : cluster.nodes()) {
                if (!cluster.isUp(node) && random.nextDouble() * meanMillis < RESTART_CHECK_MILLIS) {
                    start(node);
                }
            }
            restartNodes(meanMillis);
        });
    }
}
