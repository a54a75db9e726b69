package io.ringleader.sim.fault;

import io.ringleader.sim.DiskFault;
import java.util.Set;

/** A disk does something wrong once, which costs nothing that is stored; the node may end by it, or not start this once. */
final class PassingDiskFault implements Fault {
    private final DiskFault fault;
    private final String name;

    PassingDiskFault(String name, DiskFault fault) {
        if (fault.costsState()) {
            throw new IllegalArgumentException(fault + " costs what is stored: only the atlas may allow it.");
        }
        this.fault = fault;
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean inject(Scene scene) {
        int node = scene.anyNode();
        if (!fault.strike(scene.cluster().disk(node), scene.random())) {
            return false;
        }
        scene.cluster().noteDiskFault(node, name);
        return true;
    }

    @Override
    public void heal(Scene scene, Set<Integer> nodes) {
        nodes.forEach(node -> scene.cluster().disk(node).faults().clear());
    }
}
