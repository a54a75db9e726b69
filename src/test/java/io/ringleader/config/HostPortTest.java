package io.ringleader.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ringleader.config.ConfigFile.BadValueException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:1, 127.0.0.1, 1",
        "DB1.example.org:65535, db1.example.org, 65535",
        "[::1]:11211, ::1, 11211",
    })
    void anAddressIsReadAsWritten(String text, String host, int port) throws BadValueException {
        HostPort address = HostPort.parse(text);
        assertThat(address).isEqualTo(new HostPort(host, port));
        assertThat(address.toString()).isEqualToIgnoringCase(text);
        assertThat(address.toSocketAddress().getPort()).isEqualTo(port);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "host", "host:", ":1", "host:-1", "host:x", "::1:11211", "[::1]", "a b:1", "host:1 ", "[x]:1"
            })
    void whatIsNoAddressIsRefused(String text) {
        assertThatThrownBy(() -> HostPort.parse(text)).hasMessageContaining("is not an address. Write host:port");
    }

    @ParameterizedTest
    @ValueSource(strings = {"host:0", "host:65536", "host:99999999999999999999"})
    void aPortOutOfRangeIsRefused(String text) {
        assertThatThrownBy(() -> HostPort.parse(text)).hasMessageContaining("is out of range");
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, true, false",
        "127.1.2.3, true, false",
        "localhost, true, false",
        "LOCALHOST, true, false",
        "::1, true, false",
        "10.0.0.1, false, false",
        "128.0.0.1, false, false",
        "127.example.org, false, false",
        "localhost.example.org, false, false",
        "0.0.0.0, false, true",
        "::, false, true",
    })
    void loopbackAndWildcardAreRecognised(String host, boolean loopback, boolean wildcard) {
        HostPort address = new HostPort(host, 1);
        assertThat(address.isLoopback()).isEqualTo(loopback);
        assertThat(address.isWildcard()).isEqualTo(wildcard);
    }
}
