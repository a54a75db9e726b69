package io.ringleader.sim.fault;

/** Somebody asks a node to hand a partition over, to another that may or may not be there. */
final class LeadershipTransfer implements Fault {
    @Override
    public String name() {
        return "leadership transfer";
    }

    @Override
    public boolean inject(Scene scene) {
        int partition = scene.random().nextInt(scene.cluster().config().partitions());
        int leader = scene.cluster().leaderOf(partition);
        int target = leader == 0 ? 0 : scene.anyOther(leader);
        if (target == 0) {
            return false;
        }
        scene.cluster().note("partition " + partition + " is to go from " + leader + " to " + target);
        scene.cluster().node(leader).transferLeadership(partition, target);
        return true;
    }
}
