package io.ringleader.sim.fault;

import io.ringleader.sim.SimCluster;

/**
 * What a node asked a leader is held up on its way, while another node leads, does what was asked again, and hands back: so the
 * request arrives at a leader, but long after it was carried out.
 */
final class LateRequest implements Fault {
    private static final long CLOGGED_MILLIS = 2_000;

    @Override
    public String name() {
        return "late request";
    }

    @Override
    public boolean inject(Scene scene) {
        SimCluster cluster = scene.cluster();
        int partition = scene.random().nextInt(cluster.config().partitions());
        int leader = cluster.leaderOf(partition);
        int asking = leader == 0 ? 0 : scene.anyOther(leader);
        int between = cluster.config().ring().replicas(partition).stream()
                .filter(node -> node != leader && node != asking)
                .findAny()
                .orElse(0);
        if (asking == 0 || between == 0) {
            return false;
        }
        cluster.note("what " + asking + " asks " + leader + " is late; meanwhile " + between + " leads partition "
                + partition);
        cluster.world().clogLink(SimCluster.host(asking), SimCluster.host(leader), CLOGGED_MILLIS);
        scene.later(CLOGGED_MILLIS / 10, () -> handOver(cluster, partition, leader, between));
        scene.later(CLOGGED_MILLIS / 2, () -> handOver(cluster, partition, between, leader));
        return true;
    }

    private static void handOver(SimCluster cluster, int partition, int from, int to) {
        if (cluster.isUp(from)) {
            cluster.note("partition " + partition + " is to go from " + from + " to " + to);
            cluster.node(from).transferLeadership(partition, to);
        }
    }
}
