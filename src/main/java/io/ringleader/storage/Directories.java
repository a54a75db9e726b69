package io.ringleader.storage;

import java.io.IOException;

/** Creates directories so that they are still there after a power loss. */
final class Directories {
    private Directories() {}

    /** Creates the directory and all above it, and fsyncs every directory that holds one of their names. */
    static void createDurably(Disk disk, String directory) throws IOException {
        disk.createDirectories(directory);
        String child = directory;
        while (!child.isEmpty()) {
            int slash = child.lastIndexOf('/');
            String parent = slash < 0 ? "" : child.substring(0, slash);
            disk.syncDirectory(parent);
            child = parent;
        }
    }
}
