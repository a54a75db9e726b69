package io.ringleader.sim.fault;

import io.ringleader.sim.DiskFault;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Something that was durable is damaged: the node must notice and not start, until its directory was emptied. */
final class DurableDamage implements Fault {
    private static final List<DiskFault> KINDS =
            Stream.of(DiskFault.values()).filter(DiskFault::costsState).toList();

    @Override
    public String name() {
        return "damage of what is durable";
    }

    @Override
    public boolean inject(Scene scene) {
        DiskFault kind = scene.oneOf(KINDS);
        return scene.atlas().strike(scene.anyNode(), kind, scene.random());
    }

    @Override
    public void heal(Scene scene, Set<Integer> nodes) {
        nodes.forEach(node -> scene.cluster().disk(node).faults().clear());
    }
}
