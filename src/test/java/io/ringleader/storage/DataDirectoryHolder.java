package io.ringleader.storage;

import java.io.IOException;
import java.nio.file.Path;

/** A second process that tries to open a data directory, for {@link DataDirectoryTest}. Its exit status is the answer. */
final class DataDirectoryHolder {
    static final int OPENED = 10;
    static final int REFUSED = 11;

    private DataDirectoryHolder() {}

    public static void main(String[] arguments) throws IOException {
        int status;
        try (DataDirectory directory = DataDirectory.open(Path.of(arguments[0]), "c", 1, 0)) {
            status = directory.incarnation() > 0 ? OPENED : 1;
        } catch (DataDirectoryException refused) {
            status = REFUSED;
        }
        System.exit(status);
    }
}
