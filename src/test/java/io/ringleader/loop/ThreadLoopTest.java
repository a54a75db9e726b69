package io.ringleader.loop;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Exchanger;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ThreadLoopTest {
    private final CompletableFuture<String> failedLoop = new CompletableFuture<>();
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final ThreadLoop loop = new ThreadLoop("test-loop", (name, cause) -> {
                failedLoop.complete(name);
                failure.complete(cause);
            })
            .start();

    @AfterEach
    void closeLoop() {
        loop.close();
    }

    @Test
    void tasksOfEachThreadRunInTheOrderOfTheirSubmission() throws Exception {
        int threads = 8;
        int tasksPerThread = 50_000;
        int[] last = new int[threads]; // touched by the loop only
        List<String> disorder = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(threads);
        for (int t = 0; t < threads; t++) {
            int thread = t;
            new Thread(() -> {
                        for (int i = 1; i <= tasksPerThread; i++) {
                            int number = i;
                            loop.execute(() -> {
                                if (last[thread] != number - 1) {
                                    disorder.add(thread + ": " + number + " after " + last[thread]);
                                }
                                last[thread] = number;
                                if (number == tasksPerThread) {
                                    done.countDown();
                                }
                            });
                        }
                    })
                    .start();
        }
        assertThat(done.await(60, SECONDS)).isTrue();
        loop.close();
        assertThat(disorder).isEmpty();
        assertThat(last).containsOnly(tasksPerThread);
    }

    /** Each round finds the loop about to fall asleep, asleep, or waking up: a lost wake-up leaves the exchange hanging. */
    @Test
    void noWakeUpIsLost() throws Exception {
        SynchronousQueue<Integer> answers = new SynchronousQueue<>();
        for (int round = 0; round < 20_000; round++) {
            int number = round;
            loop.execute(() -> {
                try {
                    answers.offer(number, 20, SECONDS);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(answers.poll(20, SECONDS)).isEqualTo(number);
            for (int spin = 0; spin < round % 200 * 10; spin++) {
                Thread.onSpinWait(); // the loop gets a different distance towards its sleep each time
            }
        }
    }

    @Test
    void timersRunInTheOrderOfTheirDeadlinesAndEqualOnesInTheOrderOfScheduling() throws Exception {
        List<String> order = new ArrayList<>();
        CompletableFuture<List<String>> done = new CompletableFuture<>();
        loop.execute(() -> {
            loop.schedule(40_000_000, () -> {
                order.add("late");
                done.complete(order);
            });
            loop.schedule(20_000_000, () -> order.add("middle"));
            for (int i = 0; i < 5; i++) {
                int number = i;
                loop.schedule(0, () -> order.add("now " + number));
            }
        });
        assertThat(done.get(10, SECONDS))
                .containsExactly("now 0", "now 1", "now 2", "now 3", "now 4", "middle", "late");
    }

    @Test
    void aTimerNeverRunsEarlyAndWakesASleepingLoop() throws Exception {
        CompletableFuture<Long> ranAt = new CompletableFuture<>();
        long startNanos = System.nanoTime();
        loop.schedule(30_000_000, () -> ranAt.complete(System.nanoTime()));
        assertThat(ranAt.get(10, SECONDS) - startNanos).isGreaterThanOrEqualTo(30_000_000);
    }

    @Test
    void hooksRunAfterEachBurstAndBurstsAreBounded() throws Exception {
        AtomicInteger tasksSinceHook = new AtomicInteger();
        AtomicInteger largestBurst = new AtomicInteger();
        CompletableFuture<Integer> done = new CompletableFuture<>();
        int total = TaskQueue.BURST_TASKS_MAX * 3 + 1;
        AtomicInteger seen = new AtomicInteger();
        Exchanger<String> gate = new Exchanger<>();
        loop.atEndOfBurst(() -> {
            int count = tasksSinceHook.getAndSet(0);
            largestBurst.accumulateAndGet(count, Math::max);
            if (seen.addAndGet(count) == total) {
                done.complete(largestBurst.get());
            }
        });
        loop.execute(() -> {
            try {
                gate.exchange("started", 10, SECONDS); // all others are queued behind this one
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        for (int i = 0; i < total; i++) {
            loop.execute(tasksSinceHook::incrementAndGet);
        }
        gate.exchange("go", 10, SECONDS);
        assertThat(done.get(10, SECONDS)).isLessThanOrEqualTo(TaskQueue.BURST_TASKS_MAX);
    }

    @Test
    void aTaskThatThrowsStopsTheLoopAndIsReportedWithItsName() throws Exception {
        List<String> ran = new ArrayList<>();
        loop.execute(() -> {
            throw new IllegalStateException("broken");
        });
        loop.execute(() -> ran.add("after the failure"));
        assertThat(failure.get(10, SECONDS)).hasMessage("broken");
        assertThat(failedLoop.get(10, SECONDS)).isEqualTo("test-loop");
        loop.close();
        assertThat(ran).isEmpty();
    }

    @Test
    void closeRunsWhatIsQueuedAndThenTheHooks() {
        List<Integer> ran = new ArrayList<>();
        loop.atEndOfBurst(() -> ran.add(-1));
        for (int i = 0; i < 5_000; i++) {
            int number = i;
            loop.execute(() -> ran.add(number));
        }
        loop.close();
        assertThat(ran.stream().filter(number -> number >= 0)).hasSize(5_000).isSorted();
        assertThat(ran.get(ran.size() - 1)).isEqualTo(-1);
        assertThat(failure).isNotDone();
    }

    @Test
    void aLoopMayCloseItselfAndMayBeClosedTwice() {
        loop.execute(loop::close);
        loop.close();
        loop.close();
        assertThat(failure).isNotDone();
    }

    @Test
    void aNegativeDelayIsRefused() {
        assertThatThrownBy(() -> loop.schedule(-1, () -> {})).hasMessageContaining("-1 ns");
    }

    @Test
    void theSystemClockTellsBothTimes() {
        long firstNanos = SystemClock.INSTANCE.monotonicNanos();
        assertThat(SystemClock.INSTANCE.monotonicNanos() - firstNanos).isNotNegative();
        assertThat(SystemClock.INSTANCE.wallMillis()).isGreaterThan(1_600_000_000_000L);
    }
}
