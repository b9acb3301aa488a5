package carafe.image.unpack;

import carafe.linux.fs.FileTime;
import carafe.linux.fs.RawNames;
import java.util.List;

/**
 * One member of a tar, names and attributes as raw bytes, not yet judged.
 *
 * @param type what it is
 * @param name path as written
 * @param link target of a hard or symbolic link, else empty
 * @param mode permission bits with setuid, setgid and sticky
 * @param uid 0 to 4294967294
 * @param gid 0 to 4294967294
 * @param size bytes of content that follow, 0 unless a regular file
 * @param modified its time
 * @param device of a device node, see {@link carafe.linux.fs.Devices}
 * @param attributes extended attributes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record TarEntry(
        Type type,
        byte[] name,
        byte[] link,
        int mode,
        long uid,
        long gid,
        long size,
        FileTime modified,
        long device,
        List<Attribute> attributes) {
    enum Type {
        REGULAR,
        HARDLINK,
        SYMLINK,
        CHARACTER_DEVICE,
        BLOCK_DEVICE,
        DIRECTORY,
        FIFO
    }

    /**
     * An extended attribute.
     *
     * @param name with its namespace
     * @param value any bytes
     */
    record Attribute(byte[] name, byte[] value) {}

    /** The name for messages. */
    String shown() {
        return RawNames.show(name);
    }
}
