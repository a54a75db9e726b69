package io.ringleader.storage;

import java.io.IOException;
import java.util.List;

/**
 * The files of one node, below its data directory. Paths are relative, with {@code /} between names. {@link FileDisk} is the
 * real one; tests and the simulator bring disks that lose, tear, reorder and fail.
 *
 * <p>What is promised is what POSIX promises and no more: written bytes survive a power loss once {@link DiskFile#sync} has
 * returned; a created, renamed or deleted name survives once {@link #syncDirectory} of its directory has returned.
 */
public interface Disk {
    /** Names in a directory, sorted; empty if there is no such directory. */
    List<String> list(String directory) throws IOException;

    boolean exists(String path) throws IOException;

    void createDirectories(String directory) throws IOException;

    /** Creates a new, empty file. Fails if it exists. */
    DiskFile create(String path) throws IOException;

    /** Opens an existing file to read and write. Fails if there is none. */
    DiskFile open(String path) throws IOException;

    /** Renames atomically, replacing the target. */
    void rename(String from, String to) throws IOException;

    void delete(String path) throws IOException;

    void syncDirectory(String directory) throws IOException;

    /** Where the path really is, for messages to people. */
    String describe(String path);
}
