package io.ringleader.sim.fault;

import io.ringleader.sim.DiskFault;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The swarm: a run has a random half of all kinds of faults, or a few, or nearly all, so that none always hides behind another; and each
 * kind it has is rare or frequent by chance.
 */
public final class Faults {
    private static final long OFTEN_MILLIS = 250;
    private static final long SELDOM_MILLIS = 8_000;
    /** Seeds that lie so far apart give unlike numbers. */
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    /** One of each kind, with its strength drawn. */
    private static final List<Function<Random, Fault>> ALL = List.of(
            random -> new PowerLoss(),
            random -> new PowerLossAtWrite(),
            random -> new PowerLossInRecovery(),
            random -> new ProcessKilled(),
            random -> new AllLosePower(),
            random -> new RestartStorm(),
            random -> new Pause(),
            random -> new Split(false, upTo(random, 2_500)),
            random -> new Split(true, upTo(random, 2_500)),
            random -> new CutPair(upTo(random, 4_000)),
            random -> new FlappingLink(),
            random -> new CloggedLink(),
            random -> new LostConnection(),
            random -> new SlowNetwork((int) upTo(random, 100)),
            random -> new FailedSync(),
            random -> new PassingDiskFault("failed write", DiskFault.FAILED_WRITE),
            random -> new PassingDiskFault("bit that flips on the way from the disk", DiskFault.FLIP_ON_READ),
            random -> new DiskLost(),
            random -> new DurableDamage(),
            random -> new FullDisk(),
            random -> new SlowDisk("slow disk", 50),
            random -> new SlowDisk("stalled disk", 6_000),
            random -> new StalledDisk(),
            random -> new ClockJump(),
            random -> new ClockDrift(),
            random -> new FrozenClock(),
            random -> new LeadershipTransfer(),
            random -> new SnapshotNow(),
            random -> new PoliteStop(),
            random -> new OtherConfiguration());

    private record Planned(Fault fault, long meanMillis) {}

    private final List<Planned> planned = new ArrayList<>();

    private static long upTo(Random random, int most) {
        return most / 10 + random.nextInt(most - most / 10);
    }

    /** Draws the faults of one run. */
    public static Faults draw(Random random) {
        Faults faults = new Faults();
        double share = List.of(0.1, 0.25, 0.5, 0.9).get(random.nextInt(4));
        long seed = random.nextLong();
        for (int i = 0; i < ALL.size(); i++) {
            // Of its own, so that a new kind changes nothing about the others.
            Random own = new Random(seed + i * GOLDEN_GAMMA);
            Fault fault = ALL.get(i).apply(own);
            double rarity = own.nextDouble();
            if (own.nextDouble() < share) {
                long meanMillis = (long) (OFTEN_MILLIS * Math.pow((double) SELDOM_MILLIS / OFTEN_MILLIS, rarity));
                faults.planned.add(new Planned(fault, meanMillis));
            }
        }
        return faults;
    }

    /** The names of all kinds there are. */
    public static List<String> names() {
        return ALL.stream().map(kind -> kind.apply(new Random(0)).name()).toList();
    }

    /** The kinds drawn; kept until the scene is over. */
    public List<Fault> drawn() {
        return planned.stream().map(Planned::fault).toList();
    }

    /** From now on they happen. */
    public void begin(Scene scene, Consumer<String> happened) {
        planned.forEach(each -> plan(scene, each, happened));
    }

    private void plan(Scene scene, Planned each, Consumer<String> happened) {
        scene.later(scene.aboutMillis(each.meanMillis()), () -> {
            if (each.fault().inject(scene)) {
                happened.accept(each.fault().name());
            }
            plan(scene, each, happened);
        });
    }

    @Override
    public String toString() {
        return String.join(
                ", ",
                planned.stream()
                        .map(each -> each.fault().name() + " each " + each.meanMillis() + " ms")
                        .toList());
    }
}
