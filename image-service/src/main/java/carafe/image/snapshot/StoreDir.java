package carafe.image.snapshot;

import carafe.linux.Errno;
import carafe.linux.SyscallException;
import carafe.linux.fs.DirEntries;
import carafe.linux.fs.Fd;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.FileTime;
import carafe.linux.fs.OpenFlags;
import carafe.linux.fs.OpenHow;
import carafe.linux.fs.RawNames;
import carafe.linux.fs.RootDir;
import carafe.linux.fs.TreeDelete;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory whose children appear and vanish as a whole: made under a temporary name, renamed
 * when complete, renamed away before they are deleted. Names of children are short, because
 * overlayfs' options list many of them. Thread-safe.
 */
final class StoreDir {
    private static final Logger LOG = LoggerFactory.getLogger(StoreDir.class);
    private static final String MAKING = "tmp-";
    private static final String GOING = "gone-";
    private static final int RECORD_BYTES = 1 << 20;
    private static final int RADIX = 36;

    private final Path path;
    private final FileCalls calls;
    private final AtomicLong lastName = new AtomicLong();
    private final AtomicLong lastTemporary = new AtomicLong();

    private StoreDir(Path path, FileCalls calls) {
        this.path = path;
        this.calls = calls;
    }

    static StoreDir open(Path path, FileCalls calls) throws IOException {
        Files.createDirectories(
                path,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return new StoreDir(path, calls);
    }

    FileCalls calls() {
        return calls;
    }

    Path path(String child) {
        return path.resolve(child);
    }

    RootDir root() throws SyscallException {
        return RootDir.open(calls, path);
    }

    /** All complete children; their names are never given again while this object lives. */
    List<String> children() throws SyscallException {
        List<String> found = new ArrayList<>();
        for (String name : names()) {
            if (!isLeftover(name)) {
                found.add(name);
                lastName.accumulateAndGet(number(name), Math::max);
            }
        }
        return found;
    }

    private List<String> names() throws SyscallException {
        try (RootDir root = root();
                Fd listing = root.open(RawNames.of("."), OpenHow.DIRECTORY_NO_LINKS)) {
            List<String> found = new ArrayList<>();
            DirEntries entries = new DirEntries(calls, listing.number());
            for (DirEntries.Entry e = entries.next(); e != null; e = entries.next()) {
                found.add(new String(e.name(), StandardCharsets.UTF_8));
            }
            return found;
        }
    }

    /** Children that a crash or a failed deletion left behind, the ones just being made too. */
    List<String> leftovers() throws SyscallException {
        return names().stream().filter(StoreDir::isLeftover).toList();
    }

    private static boolean isLeftover(String name) {
        return name.startsWith(MAKING) || name.startsWith(GOING);
    }

    private static long number(String name) {
        try {
            return Long.parseUnsignedLong(name, RADIX);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** Makes an empty child directory under a temporary name. */
    String make() throws SyscallException {
        try (RootDir root = root()) {
            while (true) {
                String name = MAKING + lastTemporary.incrementAndGet();
                try {
                    calls.mkdirat(root.fd(), RawNames.of(name), 0700);
                    return name;
                } catch (SyscallException e) {
                    if (!e.is(Errno.EEXIST)) {
                        throw e;
                    }
                }
            }
        }
    }

    /** Gives a made child its lasting name, which is returned. */
    String complete(String made) throws SyscallException {
        String name = Long.toUnsignedString(lastName.incrementAndGet(), RADIX);
        rename(made, name);
        return name;
    }

    /** Makes the renames survive a power cut. */
    void sync() throws SyscallException {
        try (RootDir root = root()) {
            calls.fsync(root.fd());
        }
    }

    /** Takes a complete child out of sight; the returned leftover is to be deleted. */
    String retire(String child) throws SyscallException {
        while (true) {
            String name = GOING + lastTemporary.incrementAndGet();
            try {
                rename(child, name);
                return name;
            } catch (SyscallException e) {
                if (!e.is(Errno.EEXIST)) {
                    throw e;
                }
            }
        }
    }

    private void rename(String from, String to) throws SyscallException {
        try (RootDir root = root()) {
            calls.renameat2(
                    root.fd(),
                    RawNames.of(from),
                    root.fd(),
                    RawNames.of(to),
                    OpenFlags.RENAME_NOREPLACE);
        }
    }

    /** Deletes a child with everything in it; refuses when something is mounted inside. */
    void delete(String child) throws SyscallException {
        try (RootDir root = root()) {
            new TreeDelete(calls).deleteTree(root.fd(), RawNames.of(child));
        }
    }

    /** Writes a small file into a child that is being made. */
    void writeRecord(String child, String file, String content) throws SyscallException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        try (RootDir root = root();
                Fd fd = root.open(RawNames.of(child + "/" + file), OpenHow.CREATE)) {
            calls.write(fd.number(), buffer);
        }
    }

    /** Reads a small file of a child. */
    String readRecord(String child, String file) throws SyscallException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(RECORD_BYTES);
        try (RootDir root = root();
                Fd fd = root.open(RawNames.of(child + "/" + file), OpenHow.READ_NO_LINKS)) {
            while (buffer.hasRemaining() && calls.read(fd.number(), buffer) > 0) {}
        }
        byte[] bytes = new byte[buffer.flip().remaining()];
        buffer.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** When a file of a child was last written, Unix time in milliseconds; 0 when nobody knows. */
    long changedMillis(String child, String file) {
        try (RootDir root = root()) {
            FileTime time = calls.stat(root.fd(), RawNames.of(child + "/" + file)).modified();
            return TimeUnit.SECONDS.toMillis(time.seconds())
                    + TimeUnit.NANOSECONDS.toMillis(time.nanos());
        } catch (SyscallException e) {
            return 0;
        }
    }

    /** Deletes a child; a failure is logged and left to the next {@link #sweep}. */
    void deleteQuietly(String child) {
        try {
            delete(child);
        } catch (SyscallException e) {
            LOG.atWarn()
                    .addKeyValue("directory", path(child))
                    .setCause(e)
                    .log("A directory could not be deleted; the next collection tries again");
        }
    }

    /**
     * Deletes children.
     *
     * @param failures receives what could not be deleted and why
     * @return how many are gone
     */
    int sweep(List<String> children, List<String> failures) {
        int removed = 0;
        for (String child : children) {
            try {
                delete(child);
                removed++;
            } catch (SyscallException e) {
                failures.add("delete " + path(child) + ": " + e.getMessage());
            }
        }
        return removed;
    }
}
