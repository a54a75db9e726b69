package io.ringleader.failover;

import io.ringleader.namespaces.Fault;
import io.ringleader.namespaces.Link;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One row of the table.
 *
 * @param goal what clients of nodes that are up and connected to a majority may notice
 */
record Scenario(String name, int nodes, Goal goal, Course course) {
    /** @param gapMillis the longest time that 99 % of clients may be without an answer; 0 for no goal */
    record Goal(long gapMillis, boolean noErrors, boolean stableTerms) {
        static final Goal NONE = new Goal(0, false, false);
    }

    interface Course {
        void run(Stage stage) throws IOException;
    }

    private static final int LOSS_PERCENT = 5;

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>(processes());
        all.addAll(links());
        return all;
    }

    private static List<Scenario> processes() {
        return List.of(
                new Scenario("nothing", 3, new Goal(0, true, false), Stage::nothing),
                new Scenario("leader killed (-9) and started again", 3, new Goal(1500, true, false), stage -> {
                    int leader = stage.leader();
                    stage.during(new Fault.Killed(leader), List.of(leader));
                }),
                new Scenario("leader paused (SIGSTOP)", 3, new Goal(1500, true, false), stage -> {
                    int leader = stage.leader();
                    stage.during(new Fault.Paused(leader), List.of(leader));
                }),
                new Scenario("leader stopped politely and started again", 3, new Goal(100, true, false), stage -> {
                    int leader = stage.leader();
                    stage.during(new Fault.Stopped(leader), List.of(leader));
                }),
                new Scenario("rolling restart of all nodes", 3, new Goal(0, true, false), stage -> {
                    for (int node : stage.cluster().ids()) {
                        stage.briefly(new Fault.Stopped(node), List.of(node));
                    }
                }));
    }

    private static List<Scenario> links() {
        return List.of(
                new Scenario("leader cut off from its peers", 3, new Goal(1500, true, true), stage -> {
                    int leader = stage.leader();
                    stage.during(Fault.split(List.of(leader), stage.cluster().others(leader)), List.of(leader));
                }),
                new Scenario("leader hears nobody (one way)", 3, new Goal(0, false, true), stage -> {
                    int leader = stage.leader();
                    stage.during(Fault.oneWay(stage.cluster().others(leader), List.of(leader)), List.of(leader));
                }),
                new Scenario("leader is heard by nobody (one way)", 3, new Goal(0, false, true), stage -> {
                    int leader = stage.leader();
                    stage.during(Fault.oneWay(List.of(leader), stage.cluster().others(leader)), List.of(leader));
                }),
                new Scenario(
                        "leader and one other cut apart, the third hears both",
                        3,
                        new Goal(1500, true, true),
                        stage -> {
                            int leader = stage.leader();
                            stage.during(
                                    Fault.partial(
                                            leader,
                                            stage.cluster().others(leader).get(0)),
                                    List.of());
                        }),
                new Scenario("every link loses " + LOSS_PERCENT + " % of packets", 3, Goal.NONE, stage -> {
                    List<Integer> ids = stage.cluster().ids();
                    stage.during(new Fault.Loss(Link.oneWay(ids, ids), LOSS_PERCENT), List.of());
                }),
                new Scenario(
                        "halves: two nodes and three",
                        5,
                        new Goal(0, false, true),
                        stage -> stage.during(Fault.split(Set.of(1, 2), Set.of(3, 4, 5)), List.of(1, 2))),
                new Scenario(
                        "bridge: two and two, the fifth hears all",
                        5,
                        new Goal(0, false, true),
                        stage -> stage.during(Fault.split(Set.of(1, 2), Set.of(4, 5)), List.of())));
    }

    @Override
    public String toString() {
        return name;
    }
}
