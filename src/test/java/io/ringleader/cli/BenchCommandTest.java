package io.ringleader.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class BenchCommandTest {
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--servers nonsense     | --servers: \"nonsense\" is not an address.",
                "--servers a.invalid:1  | the host of --servers a.invalid is not known.",
                "--connections 0        | --connections is 0 but must be 1 to 20000.",
                "--pipeline 5000        | --pipeline is 5000 but must be 1 to 4096.",
                "--threads 51           | --threads is 51 but must be 1 to the number of connections, 50.",
                "--keys 0               | --keys is 0 but must be 1 to",
                "--value-bytes 1-2-3    | --value-bytes is \"1-2-3\" but must be a number, or two such as 10-1000.",
                "--value-bytes x        | --value-bytes is \"x\" but must be",
                "--value-bytes 10-5     | --value-bytes is 5 but must be 10 to 1048576.",
                "--value-bytes 2000000  | --value-bytes is 2000000 but must be 0 to 1048576.",
                "--get-ratio 1.5        | --get-ratio is 1.5 but must be 0 to 1.",
                "--seconds 0            | --seconds is 0.0 but must be more than 0.",
                "--rate -1              | --rate is -1.0 but must not be negative.",
                "--distribution normal  | Invalid value for option '--distribution': expected one of",
                "--protocol http        | Invalid value for option '--protocol': expected one of"
            })
    void whatMakesNoSenseIsAnsweredWithWhatWould(String options, String message) {
        assertThat(run(options.split(" "))).isEqualTo(2);
        assertThat(err.toString()).startsWith(message);
    }

    @Test
    void aProcessThatDoesNotRunIsNamed() {
        assertThat(run("--pids", "2147483647")).isEqualTo(1);
        assertThat(err.toString()).startsWith("ringleader: the processor time of process 2147483647 cannot be read.");
    }

    private int run(String... options) {
        String[] args = new String[options.length + 1];
        args[0] = "bench";
        System.arraycopy(options, 0, args, 1, options.length);
        CommandLine commandLine = Main.commandLine();
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(args);
    }
}
