package carafe.linux;

import carafe.base.CarafeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Keeps a second daemon off a directory. An flock(2), which ends with its holder however it dies;
 * the file's content only names the holder.
 */
public final class DataRootLock implements AutoCloseable {
    private static final int LOCK_EX_NB = 2 | 4;
    private static final int MAX_OWNER_BYTES = 200;

    private final Fd fd;

    private DataRootLock(Fd fd) {
        this.fd = fd;
    }

    /**
     * Takes the lock or fails at once.
     *
     * @param file made when missing, mode 0600; its directory exists
     * @throws CarafeException.Precondition naming the process that has it
     */
    public static DataRootLock take(Path file) {
        Fd fd = null;
        try {
            Fd opened = Fd.open(file, Fd.O_RDWR | Fd.O_CREAT | Fd.O_NOFOLLOW, 0600);
            fd = opened;
            NativeCall.run("flock", file.toString(), () -> LibC.flock(opened.number(), LOCK_EX_NB));
            NativeCall.run("ftruncate", file.toString(), () -> LibC.ftruncate(opened.number(), 0));
            opened.write(
                    ("pid " + ProcessHandle.current().pid() + "\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new DataRootLock(opened);
        } catch (SyscallException e) {
            String owner = fd == null ? "" : owner(fd);
            if (fd != null) {
                fd.close();
            }
            if (e.is(Errno.EAGAIN)) {
                throw new CarafeException.Precondition(
                        "another carafe (%s) works on %s; stop it, or give this one its own --root"
                                .formatted(owner, file.getParent()),
                        e);
            }
            throw new CarafeException.Internal("lock " + file + ": " + e.getMessage(), e);
        }
    }

    private static String owner(Fd fd) {
        try {
            String text = new String(fd.read(MAX_OWNER_BYTES), StandardCharsets.US_ASCII).strip();
            return text.matches("pid [0-9]{1,10}") ? text : "unknown pid";
        } catch (SyscallException e) {
            return "unknown pid";
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
