package io.ringleader.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of the program, as its jar names it. */
final class Version implements IVersionProvider {
    /** Three numbers with dots between them, which is what clients of memcached parse. */
    static String number() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "0.0.0" : version;
    }

    /**
     * What clients are told: first the memcached whose commands they may use, because libraries switch features on by it (and
     * refuse a version that begins with 0), and last our own, because others read the end.
     */
    static String forClients() {
        return "1.6.45-ringleader-" + number();
    }

    static String text() {
        return "ringleader " + number();
    }

    @Override
    public String[] getVersion() {
        return new String[] {text()};
    }
}
