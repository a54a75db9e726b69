package io.ringleader.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program. Exit codes: 0 done, 1 failed with a message on standard error, 2 called wrongly. */
@Command(
        name = "ringleader",
        description = "A strongly consistent, durable, sharded, in-memory key-value database that speaks memcached.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            ServeCommand.class,
            LocalCommand.class,
            SimulateCommand.class,
            BenchCommand.class,
            CheckCommand.class,
            StatusCommand.class,
            VersionCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Main {
    private Main() {}

    /** Runs one command and exits with its code. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Main());
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setExecutionExceptionHandler((exception, command, parsed) -> {
            if (exception instanceof CommandFailedException) {
                command.getErr().println("ringleader: " + exception.getMessage());
                return CommandLine.ExitCode.SOFTWARE;
            }
            throw exception;
        });
        return commandLine;
    }
}
