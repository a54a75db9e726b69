package io.ringleader;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The rules that keep every part small enough to know: who may know whom, and who may touch the world outside. */
class ArchitectureTest {
    private static final String ROOT = "io.ringleader.";
    private static final int FILE_MAX_LINES = 500;
    private static final Pattern ASSERT_KEYWORD = Pattern.compile("^\\s*assert\\s.*");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.ringleader");

    /** Package to the packages it may know, besides itself. The arrows point down only. */
    private static final Map<String, List<String>> ARROWS = arrows();

    private static Map<String, List<String>> arrows() {
        Map<String, List<String>> arrows = new LinkedHashMap<>();
        arrows.put("loop", List.of());
        arrows.put("ring", List.of());
        arrows.put("raft", List.of());
        arrows.put("linearizability", List.of());
        arrows.put("bench", List.of());
        arrows.put("spec", List.of("raft"));
        arrows.put("trace", List.of("raft"));
        arrows.put("store", List.of("ring"));
        arrows.put("memcached", List.of("store"));
        arrows.put("storage", List.of("loop"));
        arrows.put("net", List.of("loop"));
        arrows.put("config", List.of("ring"));
        arrows.put("node", List.of("loop", "ring", "raft", "store", "memcached", "storage", "net", "config"));
        arrows.put(
                "sim",
                List.of(
                        "loop",
                        "ring",
                        "raft",
                        "store",
                        "memcached",
                        "storage",
                        "net",
                        "config",
                        "node",
                        "linearizability",
                        "spec",
                        "trace"));
        arrows.put(
                "cli",
                List.of("loop", "ring", "memcached", "storage", "net", "config", "node", "sim", "trace", "bench"));
        return arrows;
    }

    /** Beyond these and java.*, a package may use only what is listed for it. */
    private static final List<String> LIBRARIES = List.of("org.slf4j..", "org.jctools..");

    private static final Map<String, List<String>> MORE_LIBRARIES = Map.of(
            "net",
            List.of("javax.crypto.."),
            "config",
            List.of("org.tomlj.."),
            "cli",
            List.of("picocli.."),
            "bench",
            List.of("org.HdrHistogram.."));

    @TestFactory
    Stream<DynamicTest> aPackageKnowsOnlyThoseBelowIt() {
        return ARROWS.entrySet().stream()
                .map(arrow -> DynamicTest.dynamicTest(arrow.getKey() + " knows " + arrow.getValue(), () -> {
                    List<String> known = new ArrayList<>(LIBRARIES);
                    known.add("java..");
                    known.add(ROOT + arrow.getKey() + "..");
                    arrow.getValue().forEach(name -> known.add(ROOT + name + ".."));
                    known.addAll(MORE_LIBRARIES.getOrDefault(arrow.getKey(), List.of()));
                    check(classes()
                            .that(resideInAPackage(ROOT + arrow.getKey() + ".."))
                            .should()
                            .onlyDependOnClassesThat(resideInAnyPackage(known.toArray(String[]::new))
                                    .or(describe("are primitive", ArchitectureTest::isPrimitive))));
                }));
    }

    @Test
    void everyPackageHasItsArrows() {
        Set<String> packages = CLASSES.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> name.startsWith(ROOT))
                .map(name -> name.substring(ROOT.length()).split("\\.")[0])
                .collect(Collectors.toSet());
        assertThat(ARROWS.keySet()).containsAll(packages);
    }

    @Test
    void raftIsAPureFunction() {
        check(noClasses()
                .that(resideInAPackage(ROOT + "raft.."))
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("java.io..", "java.nio..", "java.net..", "java.util.concurrent..")
                                .or(named("java.util.Random", "java.lang.Process", "java.util.Timer"))));
    }

    @Test
    void theStoreTheProtocolAndTheRingTouchNothingOutside() {
        check(noClasses()
                .that(resideInAnyPackage(ROOT + "ring..", ROOT + "store..", ROOT + "memcached.."))
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.net..", "java.nio.file..", "java.nio.channels..")
                        .or(FILES)
                        .or(THREADS)));
    }

    @Test
    void theCheckerOfHistoriesIsAPureFunction() {
        check(classes()
                .that(resideInAPackage(ROOT + "linearizability.."))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                                ROOT + "linearizability..",
                                "java.lang..",
                                "java.util",
                                "java.math",
                                "java.util.function..",
                                "java.util.stream..")
                        .or(describe("are primitive", ArchitectureTest::isPrimitive))));
        check(noClasses()
                .that(resideInAPackage(ROOT + "linearizability.."))
                .should()
                .dependOnClassesThat(THREADS.or(named("java.util.Random"))));
    }

    @Test
    void onlyTheLoopsTouchThreads() {
        check(noClasses()
                .that(notAllowed(
                        "io.ringleader.loop.ThreadLoop",
                        "io.ringleader.net.SelectorLoop",
                        "io.ringleader.bench.",
                        "io.ringleader.cli."))
                .should()
                .dependOnClassesThat(THREADS));
    }

    @Test
    void onlyTheClockAndTheRealLoopsReadTheTime() {
        check(noClasses()
                .that(notAllowed(
                        "io.ringleader.loop.SystemClock",
                        "io.ringleader.loop.ThreadLoop",
                        "io.ringleader.loop.TaskQueue",
                        "io.ringleader.net.SelectorLoop",
                        "io.ringleader.net.Acceptor",
                        "io.ringleader.bench.",
                        "io.ringleader.cli."))
                .should()
                .accessTargetWhere(describe("it reads a clock", ArchitectureTest::readsAClock)));
    }

    @Test
    void onlyTheDiskTouchesFiles() {
        check(noClasses()
                .that(notAllowed(
                        "io.ringleader.storage.FileDisk",
                        "io.ringleader.storage.DataDirectory",
                        "io.ringleader.config.ConfigFile",
                        "io.ringleader.cli."))
                .should()
                .dependOnClassesThat(FILES));
    }

    @Test
    void onlyTheNetworkTouchesSockets() {
        check(noClasses()
                .that(notAllowed("io.ringleader.net.", "io.ringleader.bench.", "io.ringleader.cli."))
                .should()
                .dependOnClassesThat(describe("are sockets", ArchitectureTest::isSocket)));
    }

    @Test
    void onlyCommandsWriteToTheTerminal() {
        check(noClasses()
                .that(notAllowed("io.ringleader.cli."))
                .should()
                .accessTargetWhere(describe(
                        "it is a standard stream",
                        access -> access.getTargetOwner().isEquivalentTo(System.class)
                                && Set.of("out", "err", "in")
                                        .contains(access.getTarget().getName()))));
    }

    @Test
    void checksAreThrownAndNotAsserted() {
        List<String> found = new ArrayList<>();
        for (Path file : sources()) {
            List<String> lines = read(file);
            for (int i = 0; i < lines.size(); i++) {
                if (ASSERT_KEYWORD.matcher(lines.get(i)).matches()) {
                    found.add(file + ":" + (i + 1));
                }
            }
        }
        assertThat(found).as("the assert keyword, which is off in production").isEmpty();
    }

    @Test
    void everyFileIsARoomOneCanKnow() {
        assertThat(sources())
                .allSatisfy(
                        file -> assertThat(read(file)).as(file.toString()).hasSizeLessThanOrEqualTo(FILE_MAX_LINES));
    }

    private static final DescribedPredicate<JavaClass> THREADS = describe(
            "are threads or make them",
            type -> type.isEquivalentTo(Thread.class)
                    || type.getName().startsWith("java.lang.Thread$")
                    || type.isEquivalentTo(ThreadGroup.class)
                    || type.getName().equals("java.util.Timer")
                    || type.isAssignableTo("java.util.concurrent.Executor")
                    || type.isEquivalentTo(java.util.concurrent.CompletableFuture.class));

    private static final DescribedPredicate<JavaClass> FILES = describe(
            "are files",
            type -> type.isEquivalentTo(Files.class)
                    || type.isEquivalentTo(java.io.File.class)
                    || type.isEquivalentTo(java.io.RandomAccessFile.class)
                    || type.getName().matches("java\\.io\\.File(Input|Output)Stream|java\\.io\\.File(Reader|Writer)")
                    || type.isAssignableTo(java.nio.channels.FileChannel.class)
                    || type.isAssignableTo(java.nio.channels.FileLock.class));

    private static boolean isSocket(JavaClass type) {
        return type.isAssignableTo(java.nio.channels.NetworkChannel.class)
                || type.isAssignableTo(java.nio.channels.Selector.class)
                || type.isAssignableTo(java.net.Socket.class)
                || type.isAssignableTo(java.net.ServerSocket.class)
                || type.isAssignableTo(java.net.DatagramSocket.class);
    }

    private static boolean readsAClock(JavaAccess<?> access) {
        String owner = access.getTargetOwner().getName();
        String name = access.getTarget().getName();
        return owner.equals("java.lang.System")
                        && Set.of("nanoTime", "currentTimeMillis").contains(name)
                || owner.startsWith("java.time.") && name.equals("now")
                || owner.startsWith("java.time.Clock") && name.startsWith("system")
                || owner.equals("java.util.Date") && name.equals("<init>");
    }

    private static boolean isPrimitive(JavaClass type) {
        return type.getBaseComponentType().isPrimitive();
    }

    private static DescribedPredicate<JavaClass> named(String... names) {
        return describe("are " + List.of(names), type -> List.of(names).contains(type.getName()));
    }

    /** All classes but those named and those nested in them; a name that ends with a dot stands for a package. */
    private static DescribedPredicate<JavaClass> notAllowed(String... names) {
        return describe(
                "are not " + List.of(names),
                type -> Stream.of(names)
                        .noneMatch(name -> name.endsWith(".")
                                ? type.getName().startsWith(name)
                                : type.getName().equals(name) || type.getName().startsWith(name + "$")));
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(CLASSES);
    }

    private static Collection<Path> sources() {
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> read(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
