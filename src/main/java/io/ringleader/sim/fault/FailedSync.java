package io.ringleader.sim.fault;

import java.util.Set;

/**
 * A sync fails, and what was to be synced is durable in any mixture. The node must end and never trust what it has in its cache;
 * it comes back with or without its machine.
 */
final class FailedSync implements Fault {
    @Override
    public String name() {
        return "failed sync";
    }

    @Override
    public boolean inject(Scene scene) {
        int node = scene.anyUpPreferablyLeader();
        if (node == 0) {
            return false;
        }
        String where = scene.random().nextInt(3) == 0 ? "snapshots" : "wal";
        scene.cluster().noteDiskFault(node, "syncs of " + where + " fail");
        boolean[] failed = new boolean[1];
        scene.cluster().disk(node).failSyncs(path -> {
            boolean fails = !failed[0] && path.startsWith(where);
            failed[0] |= fails;
            return fails;
        });
        return true;
    }

    @Override
    public void heal(Scene scene, Set<Integer> nodes) {
        nodes.forEach(node -> scene.cluster().disk(node).failSyncs(path -> false));
    }
}
