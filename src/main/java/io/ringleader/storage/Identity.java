package io.ringleader.storage;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * Whose data directory it is, as lines of text that people can read:
 *
 * <pre>
 * ringleader data directory, format 1
 * cluster NAME
 * node NUMBER
 * incarnation NUMBER
 * crc32c EIGHT HEX DIGITS OF ALL LINES BEFORE
 * </pre>
 *
 * @param cluster name of the cluster
 * @param node id of the node
 * @param incarnation rises with every start
 */
record Identity(String cluster, int node, long incarnation) {
    private static final Pattern LINES = Pattern.compile("(ringleader data directory, format 1\\n"
            + "cluster ([^\\n]+)\\nnode (\\d{1,9})\\nincarnation (\\d{1,18})\\n)crc32c ([0-9a-f]{8})\\n");

    byte[] encode() {
        String lines = "ringleader data directory, format 1\ncluster " + cluster + "\nnode " + node + "\nincarnation "
                + incarnation + "\n";
        return (lines + "crc32c " + crc(lines) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Empty if the bytes are damaged or of another version. */
    static Optional<Identity> decode(byte[] bytes) {
        Matcher matcher = LINES.matcher(new String(bytes, StandardCharsets.UTF_8));
        if (!matcher.matches() || !crc(matcher.group(1)).equals(matcher.group(5))) {
            return Optional.empty();
        }
        return Optional.of(
                new Identity(matcher.group(2), Integer.parseInt(matcher.group(3)), Long.parseLong(matcher.group(4))));
    }

    private static String crc(String lines) {
        CRC32C crc = new CRC32C();
        crc.update(lines.getBytes(StandardCharsets.UTF_8));
        return String.format("%08x", crc.getValue());
    }
}
