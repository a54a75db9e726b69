package io.ringleader.sim;

import java.io.FileNotFoundException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The names on a {@link MemoryDisk}: which there are, and which of them would survive a power loss. */
final class DirectoryTree {
    /** A change of a directory: {@code from} and {@code to} are null where they do not apply. */
    private record Change(String directory, String from, String to, SectorFile content) {
        void applyTo(Map<String, SectorFile> files, Set<String> directories) {
            if (from != null) {
                files.remove(from);
            }
            if (to != null && content != null) {
                files.put(to, content);
            } else if (to != null) {
                directories.add(to);
            }
        }
    }

    private Map<String, SectorFile> files = new TreeMap<>();
    private Set<String> directories = new TreeSet<>();
    private final Map<String, SectorFile> durableFiles = new TreeMap<>();
    private final Set<String> durableDirectories = new TreeSet<>();
    private final List<Change> unsynced = new ArrayList<>();
    /** Sum of the sizes of all files that have a name. */
    private long usedBytes;

    // ---- looking at it

    Map<String, SectorFile> files() {
        return files;
    }

    /** The file, or null. */
    SectorFile file(String path) {
        return files.get(path);
    }

    boolean hasDirectory(String path) {
        return path.isEmpty() || directories.contains(path);
    }

    List<String> list(String directory) {
        String prefix = directory.isEmpty() ? "" : directory + "/";
        Set<String> names = new TreeSet<>();
        for (Set<String> paths : List.of(files.keySet(), directories)) {
            for (String path : paths) {
                if (path.startsWith(prefix) && path.indexOf('/', prefix.length()) < 0) {
                    names.add(path.substring(prefix.length()));
                }
            }
        }
        return List.copyOf(names);
    }

    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    void requireDirectory(String directory) throws FileNotFoundException {
        if (!hasDirectory(directory)) {
            throw new FileNotFoundException(directory);
        }
    }

    SectorFile requireFile(String path) throws FileNotFoundException {
        SectorFile content = files.get(path);
        if (content == null) {
            throw new FileNotFoundException(path);
        }
        return content;
    }

    long usedBytes() {
        return usedBytes;
    }

    /** A file has become longer, or shorter if negative. */
    void grown(SectorFile content, long bytes) {
        if (content.names > 0) {
            usedBytes += bytes;
        }
    }

    // ---- changes

    void create(String path, SectorFile content) {
        apply(new Change(parent(path), null, path, content));
    }

    void createDirectory(String path) {
        apply(new Change(parent(path), null, path, null));
    }

    void rename(String from, String to) {
        apply(new Change(parent(from), from, to, files.get(from)));
    }

    void delete(String path) {
        apply(new Change(parent(path), path, null, null));
    }

    private void apply(Change change) {
        unlink(files.get(change.from() == null ? "" : change.from()));
        if (change.to() != null && !change.to().equals(change.from())) {
            unlink(files.get(change.to()));
        }
        change.applyTo(files, directories);
        link(change.to(), change.content());
        unsynced.add(change);
    }

    private void link(String path, SectorFile content) {
        if (content == null) {
            return;
        }
        if (content.names++ == 0) {
            usedBytes += content.size();
        }
        content.path = path;
    }

    private void unlink(SectorFile content) {
        if (content != null && --content.names == 0) {
            usedBytes -= content.size();
        }
    }

    void sync(String directory) {
        unsynced.removeIf(change -> {
            boolean here = change.directory().equals(directory);
            if (here) {
                change.applyTo(durableFiles, durableDirectories);
            }
            return here;
        });
    }

    /** The name is gone, and always was. */
    void forget(String path) {
        unlink(files.remove(path));
        durableFiles.remove(path);
        unsynced.removeIf(change -> path.equals(change.to()));
    }

    /** Everything is gone. */
    void wipe() {
        files.clear();
        directories.clear();
        durableFiles.clear();
        durableDirectories.clear();
        unsynced.clear();
        usedBytes = 0;
    }

    /** Of the names that were not synced, some are kept; so is what the files hold. */
    void powerLoss(Random random) {
        for (Change change : survivors(random)) {
            change.applyTo(durableFiles, durableDirectories);
        }
        unsynced.clear();
        durableDirectories.removeIf(directory -> !isReachable(directory));
        durableFiles.keySet().removeIf(file -> !isReachable(file));
        for (SectorFile content : new LinkedHashSet<>(durableFiles.values())) {
            content.powerLoss(random);
            content.names = 0;
        }
        files = new TreeMap<>(durableFiles);
        directories = new TreeSet<>(durableDirectories);
        usedBytes = 0;
        files.forEach(this::link);
    }

    private List<Change> survivors(Random random) {
        if (random.nextBoolean()) {
            return List.copyOf(unsynced.subList(0, random.nextInt(unsynced.size() + 1)));
        }
        return unsynced.stream().filter(change -> random.nextBoolean()).toList();
    }

    private boolean isReachable(String path) {
        String parent = parent(path);
        return parent.isEmpty() || (durableDirectories.contains(parent) && isReachable(parent));
    }

    /** The same names and contents, all of them durable. */
    DirectoryTree copy() {
        DirectoryTree copy = new DirectoryTree();
        files.forEach((path, content) -> copy.files.put(path, content.copy()));
        copy.files.forEach(copy::link);
        copy.durableFiles.putAll(copy.files);
        copy.directories.addAll(directories);
        copy.durableDirectories.addAll(directories);
        return copy;
    }
}
