package io.ringleader.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthFileTest {
    private static final String CONFIG = """
            [cluster]
            name = "demo"
            replicas = 1
            auth_file = "users.txt"
            allow_shutdown_command = true
            [[node]]
            id = 1
            client = "127.0.0.1:11211"
            peer = "127.0.0.1:12211"
            """;

    @TempDir
    private Path directory;

    private ClusterConfig load(String users) throws IOException, ConfigException {
        if (users != null) {
            Files.writeString(directory.resolve("users.txt"), users);
        }
        return ConfigFile.load(Files.writeString(directory.resolve("demo.toml"), CONFIG));
    }

    @Test
    void usersAreReadFromAFileBesideTheConfiguration() throws Exception {
        ClusterConfig config = load("ann:apple\nbob:with:colon and space\r\n");
        ClientAccess access = config.clientAccess();
        assertThat(access.authFile()).contains(directory.resolve("users.txt"));
        assertThat(access.passwords()).isEqualTo(Map.of("ann", "apple", "bob", "with:colon and space"));
        assertThat(access.allowShutdownCommand()).isTrue();
        assertThat(config.toString()).doesNotContain("apple", "ann", "colon");
    }

    @Test
    void withoutAFileNobodyNeedsToLogInAndNobodyMayEndANode() throws Exception {
        String text = CONFIG.replaceAll("(auth_file|allow_shutdown).*\n", "");
        assertThat(ConfigFile.parse(text, directory.resolve("demo.toml")).clientAccess())
                .isEqualTo(ClientAccess.OPEN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "secret\n",
                ":secret\n",
                "secret:\n",
                "ann:secret\n\n",
                "ann:secret\nann:x\n",
                "a n:secret\n"
            })
    void aMalformedFileIsAProblemThatSaysNothingOfIt(String users) {
        assertThatThrownBy(() -> load(users))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("cluster.auth_file")
                .hasMessageContaining("users.txt")
                .hasMessageNotContaining("secret");
    }

    @Test
    void aMissingFileIsAProblem() {
        assertThatThrownBy(() -> load(null))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("There is no file");
    }
}
