package io.ringleader.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of the program, as its jar names it. */
final class Version implements IVersionProvider {
    static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return "ringleader " + (version == null ? "(not packaged)" : version);
    }

    @Override
    public String[] getVersion() {
        return new String[] {text()};
    }
}
