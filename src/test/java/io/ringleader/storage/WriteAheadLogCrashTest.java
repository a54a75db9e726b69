package io.ringleader.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ringleader.sim.MemoryDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** The claim of the log, under every crash that the fault model of {@link MemoryDisk} knows. */
class WriteAheadLogCrashTest {
    private static final WriteAheadLog.Options OPTIONS = new WriteAheadLog.Options(12 * 1024, 1 << 20);

    @Property(tries = 400)
    void afterAnyCrashTheLogIsAtAPrefixWithAllThatWasAcknowledgedAndGoesOnFromThere(@ForAll long seed)
            throws IOException {
        MemoryDisk disk = new MemoryDisk(seed);
        Random random = new Random(seed + 1);
        LogHistory history = new LogHistory(seed + 2);
        for (int life = 0; life < 6; life++) {
            WriteAheadLog.Recovery recovery = openInSpiteOfCrashes(disk, random);
            assertThat(history.possible()).contains(recovery.groups());
            history.restartFrom(recovery.groups());
            disk.losePowerAfter(1 + random.nextInt(120));
            try {
                for (int step = 0; step < 200; step++) {
                    history.step(recovery.log());
                }
                if (random.nextBoolean()) {
                    recovery.log().close();
                }
            } catch (MemoryDisk.PowerLost expected) {
                // that is what the test is about
            }
            crash(disk, random);
        }
        assertThat(history.possible())
                .contains(openInSpiteOfCrashes(disk, random).groups());
    }

    private static WriteAheadLog.Recovery openInSpiteOfCrashes(MemoryDisk disk, Random random) throws IOException {
        for (int attempt = 0; attempt < 4; attempt++) {
            disk.losePowerAfter(1 + random.nextInt(10));
            try {
                return open(disk, random.nextLong());
            } catch (MemoryDisk.PowerLost again) {
                crash(disk, random);
            }
        }
        disk.losePowerAfter(Long.MAX_VALUE / 2);
        return open(disk, random.nextLong());
    }

    private static void crash(MemoryDisk disk, Random random) {
        if (random.nextInt(3) == 0) {
            disk.killProcess();
        } else {
            disk.powerLoss();
        }
    }

    @Property(tries = 300)
    void whatARestartFoundAfterAFailedFsyncIsStillThereAfterAPowerLoss(@ForAll long seed) throws IOException {
        MemoryDisk disk = new MemoryDisk(seed);
        Random random = new Random(seed + 1);
        LogHistory history = new LogHistory(seed + 2);
        WriteAheadLog log = open(disk, seed).log();
        int failAt = random.nextInt(60);
        try {
            for (int step = 0; step < 200; step++) {
                if (step == failAt) {
                    disk.failSyncs(path -> true);
                }
                history.step(log);
            }
        } catch (LogFailedException expected) {
            assertThatThrownBy(log::sync).isInstanceOf(LogFailedException.class);
        }
        disk.failSyncs(path -> false);
        disk.killProcess();
        Map<Integer, RecoveredGroup> found = open(disk, seed + 3).groups();
        assertThat(history.possible()).contains(found);
        disk.powerLoss();
        assertThat(open(disk, seed + 4).groups()).isEqualTo(found);
    }

    /** Cuts the last segment at every byte, by shortening the file and by zeros to its end. */
    @Property(tries = 3, shrinking = ShrinkingMode.OFF)
    void aLastSegmentCutAnywhereLosesOnlyWhatComesAfterTheCut(@ForAll long seed) throws IOException {
        MemoryDisk disk = new MemoryDisk(seed);
        LogHistory history = new LogHistory(seed);
        WriteAheadLog log = open(disk, seed).log();
        List<Integer> acknowledgedStates = new ArrayList<>();
        List<Integer> acknowledgedEnds = new ArrayList<>();
        String last = "";
        history.append(log, 0);
        for (int step = 0; step < 60; step++) {
            history.step(log);
            history.sync(log);
            if (!lastSegment(disk).equals(last)) {
                last = lastSegment(disk);
                acknowledgedStates.clear();
                acknowledgedEnds.clear();
            }
            acknowledgedStates.add(history.acknowledged());
            acknowledgedEnds.add(validEnd(disk.content(last)));
        }
        byte[] content = disk.content(last);
        int checkpointEnd = (int) SegmentHeader.decode(ByteBuffer.wrap(content)).checkpointEnd();
        int dataEnd = validEnd(content);
        for (int cut = 1; cut <= content.length; cut++) {
            boolean onlyZerosHere = (cut > 64 && cut < SegmentHeader.BYTES - 8) || cut > dataEnd + 8;
            if (onlyZerosHere && cut % 101 != 0 && cut < content.length) {
                continue;
            }
            for (boolean shorten : new boolean[] {true, false}) {
                MemoryDisk damaged = disk.copy(seed);
                damaged.resize(last, cut);
                if (!shorten) {
                    damaged.resize(last, content.length);
                }
                if (cut < checkpointEnd && (shorten || !isZero(content, cut, checkpointEnd))) {
                    // the checkpoint was durable before the file had its name
                    assertThatThrownBy(() -> open(damaged, seed)).isInstanceOf(CorruptLogException.class);
                    continue;
                }
                int acknowledged = 0;
                for (int i = 0; i < acknowledgedEnds.size(); i++) {
                    acknowledged = acknowledgedEnds.get(i) <= cut ? acknowledgedStates.get(i) : acknowledged;
                }
                assertThat(history.possibleFrom(acknowledged))
                        .as("cut at %d", cut)
                        .contains(open(damaged, seed).groups());
            }
        }
    }

    private static boolean isZero(byte[] content, int from, int to) {
        for (int i = from; i < to; i++) {
            if (content[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** Offset after the last record. */
    static int validEnd(byte[] content) {
        ByteBuffer file = ByteBuffer.wrap(content);
        return new SegmentScan(file, content.length, SegmentHeader.decode(file)).validEnd();
    }

    static String lastSegment(MemoryDisk disk) {
        return disk.paths().stream()
                .filter(path -> path.endsWith(Segment.SUFFIX))
                .reduce("", (one, other) -> other);
    }

    static WriteAheadLog.Recovery open(MemoryDisk disk, long seed) throws IOException {
        return WriteAheadLog.open(disk, "wal", OPTIONS, new Random(seed));
    }
}
