package io.ringleader.cli;

import picocli.CommandLine;

/** {@code ringleader local} with processes of {@link FakeNode} as nodes, so that it can be killed from outside. */
final class LocalHarness {
    private LocalHarness() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new LocalCommand(file -> FakeNode::start)).execute(args));
    }
}
