package io.ringleader.it;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A real data set that is on every machine with a JDK: the names, descriptors and texts in the constant pools of its own
 * classes. The key of a record is the class and the number of the constant, such as {@code java/lang/String#17}.
 */
final class JdkStrings {
    private static final int CLASS_FILE_MAGIC = 0xCAFEBABE;
    private static final int KEY_MAX_BYTES = 250;

    private JdkStrings() {}

    /** The first {@code limit} records in the order of the class names; fewer if there are no more. */
    static Map<String, byte[]> read(int limit) throws IOException {
        FileSystem runtime = FileSystems.getFileSystem(URI.create("jrt:/"));
        Map<String, byte[]> records = new LinkedHashMap<>();
        try (Stream<Path> files = Files.walk(runtime.getPath("/modules"))) {
            List<Path> classes = files.filter(file -> file.toString().endsWith(".class"))
                    .sorted()
                    .toList();
            for (Path file : classes) {
                if (records.size() >= limit) {
                    break;
                }
                readClass(file, limit, records);
            }
        }
        return records;
    }

    private static void readClass(Path file, int limit, Map<String, byte[]> records) throws IOException {
        String path = file.subpath(2, file.getNameCount()).toString();
        String name = path.substring(0, path.length() - ".class".length());
        try (InputStream bytes = Files.newInputStream(file);
                DataInputStream in = new DataInputStream(new java.io.BufferedInputStream(bytes))) {
            if (in.readInt() != CLASS_FILE_MAGIC) {
                throw new IOException(file + " is no class file.");
            }
            in.skipNBytes(4);
            int count = in.readUnsignedShort();
            for (int i = 1; i < count && records.size() < limit; i++) {
                int tag = in.readUnsignedByte();
                if (tag == 1) {
                    byte[] text = in.readNBytes(in.readUnsignedShort());
                    String key = name + "#" + i;
                    if (key.length() <= KEY_MAX_BYTES) {
                        records.put(key, text);
                    }
                } else {
                    in.skipNBytes(lengthOf(tag, file));
                    // a long or double takes two numbers (JVMS §4.4.5)
                    i += tag == 5 || tag == 6 ? 1 : 0;
                }
            }
        }
    }

    /** Of a constant after its tag, in bytes (JVMS §4.4). */
    private static int lengthOf(int tag, Path file) throws IOException {
        return switch (tag) {
            case 7, 8, 16, 19, 20 -> 2;
            case 15 -> 3;
            case 3, 4, 9, 10, 11, 12, 17, 18 -> 4;
            case 5, 6 -> 8;
            default -> throw new IOException(file + " has a constant of the unknown kind " + tag + ".");
        };
    }
}
