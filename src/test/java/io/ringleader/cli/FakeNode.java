package io.ringleader.cli;

import io.ringleader.config.NodeConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;

/** A process that behaves towards its supervisor as a node does: it listens, says what it does, and goes with its parent. */
final class FakeNode {
    private FakeNode() {}

    /** Arguments: the port to listen on. */
    public static void main(String[] args) throws IOException {
        int port = Integer.parseInt(args[0]);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("stopping")));
        try (ServerSocket server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress())) {
            System.out.println("listening");
            Thread acceptor = new Thread(() -> acceptAll(server));
            acceptor.setDaemon(true);
            acceptor.start();
            while (System.in.read() >= 0) {
                continue;
            }
        }
    }

    private static void acceptAll(ServerSocket server) {
        try {
            while (true) {
                Socket socket = server.accept();
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Process start(NodeConfig node) throws IOException {
        return javaProcess(FakeNode.class, Integer.toString(node.client().port()));
    }

    /** Starts the main method of a test class. */
    static Process javaProcess(Class<?> main, String... args) throws IOException {
        String[] command = new String[args.length + 6];
        command[0] = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        command[1] = "-XX:TieredStopAtLevel=1";
        command[2] = "-XX:+UseSerialGC";
        command[3] = "-cp";
        command[4] = System.getProperty("java.class.path");
        command[5] = main.getName();
        System.arraycopy(args, 0, command, 6, args.length);
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    static Process shell(String script) throws IOException {
        return new ProcessBuilder("sh", "-c", script).redirectErrorStream(true).start();
    }
}
