package io.ringleader.sim;

import io.ringleader.loop.Loop;
import io.ringleader.loop.LoopFailureHandler;
import io.ringleader.net.ConnectionHandler;
import io.ringleader.net.Network;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;

/**
 * A process of a {@link VirtualWorld}: its loops and connections are there until it is killed, and then at once gone. Its loops
 * work as threads do: they run bursts of tasks, each some time after the first of them was submitted.
 */
public final class VirtualProcess {
    private static final int BURST_TASKS_MAX = 1024;
    /** A loop that is stalled looks this often whether it is over. */
    private static final long STALL_STEP_NANOS = 10_000_000;

    private final VirtualWorld world;
    private final String host;
    private final int hostNumber;
    private final LongUnaryOperator timers;
    private long standsStillUntilNanos;
    /** What its loops would have done, had they not stood still. */
    private final List<VirtualWorld.Event> missed = new ArrayList<>();

    /** By the name of the loop: how long it does nothing. */
    private final Map<String, Long> stalls = new TreeMap<>();

    private LoopFailureHandler failureHandler = VirtualProcess::rethrow;
    private boolean alive = true;

    VirtualProcess(VirtualWorld world, String host, int hostNumber, LongUnaryOperator timers) {
        this.world = world;
        this.host = host;
        this.hostNumber = hostNumber;
        this.timers = timers;
    }

    private static void rethrow(String loop, Throwable cause) {
        throw new AssertionError("The loop " + loop + " failed.", cause);
    }

    public String host() {
        return host;
    }

    int hostNumber() {
        return hostNumber;
    }

    /** From now on its loops do nothing for that long, and then go on: the process was stopped, or its memory swept. */
    public void standStill(long nanos) {
        standsStillUntilNanos = world.elapsedNanos() + nanos;
        world.at(nanos, null, this::resume);
    }

    private void resume() {
        if (world.elapsedNanos() >= standsStillUntilNanos) {
            missed.forEach(world::resume);
            missed.clear();
        }
    }

    /** Takes the event for later, if the process stands still. */
    boolean holds(VirtualWorld.Event event) {
        boolean held = alive && event.atNanos() < standsStillUntilNanos;
        if (held) {
            missed.add(event);
        }
        return held;
    }

    /** One of its loops does nothing for that long from now, and then goes on: what it waits for, a disk, does not answer. */
    public void stall(String loop, long nanos) {
        stalls.put(loop, world.elapsedNanos() + nanos);
    }

    public boolean isAlive() {
        return alive;
    }

    /** What happens when something escapes a task; by default the test fails. */
    public void onLoopFailure(LoopFailureHandler handler) {
        failureHandler = handler;
    }

    /** Nothing of it runs any more; the other ends of its connections are reset. */
    public void kill() {
        alive = false;
        world.killConnections(this);
    }

    /** @param maxDelayNanos between the submission of a task to the idle loop and its execution: random, below this */
    public Loop loop(String name, long maxDelayNanos) {
        return loop(name, () -> maxDelayNanos);
    }

    /** As above, with a delay that may change. */
    Loop loop(String name, LongSupplier maxDelayNanos) {
        return new VirtualLoop(name, maxDelayNanos);
    }

    /** @param outputMaxBytes that a connection may hold unsent; a write beyond closes it */
    public Network network(Loop loop, long outputMaxBytes) {
        return new Network() {
            @Override
            public void listen(InetSocketAddress address, Supplier<ConnectionHandler> handlers) {
                world.listen(VirtualProcess.this, loop, address, outputMaxBytes, handlers);
            }

            @Override
            public void stopListening() {
                world.stopListening(VirtualProcess.this, loop);
            }

            @Override
            public void connect(InetSocketAddress address, ConnectionHandler handler) {
                world.connect(VirtualProcess.this, loop, address, outputMaxBytes, handler);
            }
        };
    }

    private final class VirtualLoop implements Loop {
        private final String name;
        private final LongSupplier maxDelayNanos;
        private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
        private final List<Runnable> hooks = new ArrayList<>();
        /** A burst is planned or running. */
        private boolean busy;

        VirtualLoop(String name, LongSupplier maxDelayNanos) {
            this.name = name;
            this.maxDelayNanos = maxDelayNanos;
        }

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
            if (!busy) {
                planBurst();
            }
        }

        @Override
        public void schedule(long delayNanos, Runnable task) {
            world.at(timers.applyAsLong(delayNanos), VirtualProcess.this, () -> execute(task));
        }

        @Override
        public void atEndOfBurst(Runnable hook) {
            hooks.add(hook);
        }

        private void planBurst() {
            busy = true;
            long boundNanos = maxDelayNanos.getAsLong();
            long delayNanos = boundNanos == 0 ? 0 : world.random().nextLong(boundNanos);
            world.at(delayNanos, VirtualProcess.this, this::burst);
        }

        private void burst() {
            long stalledNanos = stalls.getOrDefault(name, 0L) - world.elapsedNanos();
            if (stalledNanos > 0) {
                world.at(Math.min(stalledNanos, STALL_STEP_NANOS), VirtualProcess.this, this::burst);
                return;
            }
            try {
                for (int count = 0; alive && count < BURST_TASKS_MAX && !tasks.isEmpty(); count++) {
                    tasks.poll().run();
                }
                for (Runnable hook : hooks) {
                    if (alive) {
                        hook.run();
                    }
                }
            } catch (Throwable cause) { // as a real loop does
                failureHandler.onLoopFailure(name, cause);
            }
            busy = false;
            if (alive && !tasks.isEmpty()) {
                planBurst();
            }
        }
    }
}
