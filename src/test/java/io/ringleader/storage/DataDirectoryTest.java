package io.ringleader.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    @TempDir
    Path temporary;

    @Test
    void everyStartHasAHigherIncarnation() throws IOException {
        for (long start = 1; start <= 4; start++) {
            try (DataDirectory directory = open("c", 1)) {
                assertThat(directory.incarnation()).isEqualTo(start);
            }
        }
        assertThat(Files.readString(path().resolve("identity")))
                .startsWith("ringleader data directory, format 1\ncluster c\nnode 1\nincarnation 4\ncrc32c ");
    }

    @Test
    void aDirectoryOfAnotherNodeOrClusterIsRefusedAndNotTouched() throws IOException {
        open("c", 1).close();
        String identity = Files.readString(path().resolve("identity"));
        assertThatThrownBy(() -> open("c", 2))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining("belongs to node 1 of cluster 'c', and this is node 2 of cluster 'c'");
        assertThatThrownBy(() -> open("d", 1)).isInstanceOf(DataDirectoryException.class);
        assertThat(Files.readString(path().resolve("identity"))).isEqualTo(identity);
        open("c", 1).close();
    }

    @Test
    void aDirectoryWithFilesOfOthersIsRefusedAndNotTouched() throws IOException {
        Files.createDirectories(path());
        Files.writeString(path().resolve("thesis.txt"), "years of work");
        assertThatThrownBy(() -> open("c", 1))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining("'thesis.txt'")
                .hasMessageContaining("not the data directory of a node");
        assertThat(path().toFile().list()).containsExactly("thesis.txt");
    }

    @Test
    void whatAnInterruptedFirstStartOrAMountPointLeavesDoesNotCount() throws IOException {
        Files.createDirectories(path().resolve("lost+found"));
        Files.writeString(path().resolve("identity.tmp"), "half");
        Files.writeString(path().resolve("lock"), "");
        try (DataDirectory directory = open("c", 1)) {
            assertThat(directory.incarnation()).isEqualTo(1);
            assertThat(directory.disk().list("")).containsExactly("identity", "lock", "lost+found");
        }
    }

    @Test
    void aDamagedIdentityIsRefused() throws IOException {
        open("c", 1).close();
        Path identity = path().resolve("identity");
        Files.writeString(identity, Files.readString(identity).replace("node 1", "node 2"));
        assertThatThrownBy(() -> open("c", 2))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining("is damaged");
    }

    @Test
    void oneProcessHoldsADirectoryOnce() throws IOException {
        try (DataDirectory held = open("c", 1)) {
            assertThatThrownBy(() -> open("c", 1))
                    .isInstanceOf(DataDirectoryException.class)
                    .hasMessageContaining("in use by a running node");
            assertThat(held.incarnation()).isEqualTo(1);
        }
        open("c", 1).close();
    }

    @Test
    void anotherProcessCannotHaveItUntilItIsClosedNotEvenAfterASecondTryInThisOne() throws Exception {
        DataDirectory held = open("c", 1);
        assertThat(openInAnotherProcess()).isEqualTo(DataDirectoryHolder.REFUSED);
        assertThatThrownBy(() -> open("c", 1)).isInstanceOf(DataDirectoryException.class);
        assertThat(openInAnotherProcess()).isEqualTo(DataDirectoryHolder.REFUSED);
        held.close();
        assertThat(openInAnotherProcess()).isEqualTo(DataDirectoryHolder.OPENED);
    }

    private int openInAnotherProcess() throws IOException, InterruptedException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        DataDirectoryHolder.class.getName(),
                        path().toString())
                .inheritIO()
                .start()
                .waitFor();
    }

    private Path path() {
        return temporary.resolve("data/node");
    }

    private DataDirectory open(String cluster, int node) throws IOException {
        return DataDirectory.open(path(), cluster, node, 0);
    }
}
