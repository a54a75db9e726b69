package io.ringleader.cli;

import io.ringleader.config.NodeConfig;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts nodes as {@code ringleader serve} with the Java, the classes and the flags of this process. */
final class JavaNodeLauncher implements NodeLauncher {
    private final Path configFile;

    JavaNodeLauncher(Path configFile) {
        this.configFile = configFile;
    }

    @Override
    public Process start(NodeConfig node) throws IOException {
        return new ProcessBuilder(command(node)).redirectErrorStream(true).start();
    }

    List<String> command(NodeConfig node) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            // a debugger's port, say, is taken by this process
            if (!flag.startsWith("-agent") && !flag.startsWith("-javaagent")) {
                command.add(flag);
            }
        }
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(Main.class.getName());
        command.add("serve");
        command.add("--config");
        command.add(configFile.toString());
        command.add("--node");
        command.add(Integer.toString(node.id()));
        command.add("--exit-with-parent");
        return command;
    }
}
