package carafe.shim.record;

import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Utf8;

/**
 * The files control leaves in its bundle, which is the working directory. Each is there wholly or
 * not at all.
 */
public final class BundleRecords {
    private static final String EXIT = "exit";
    private static final String EXIT_UNFINISHED = ".exit.tmp";
    private static final String PID = "pid";
    private static final String PID_UNFINISHED = ".pid.tmp";
    private static final int MODE = 0600;
    private static final int FLAGS =
            FileCalls.O_WRONLY
                    | FileCalls.O_CREAT
                    | FileCalls.O_TRUNC
                    | FileCalls.O_NOFOLLOW
                    | FileCalls.O_CLOEXEC;

    private final FileCalls files;

    public BundleRecords(FileCalls files) {
        this.files = files;
    }

    /** Writes {@code exit}. */
    public void write(ExitRecord exit) throws SyscallException {
        replace(EXIT_UNFINISHED, EXIT, exit.toJson());
    }

    /**
     * Writes {@code pid}: a line {@code pid start-ticks} of control and one of init.
     *
     * @param startTicks as in {@link carafe.shim.wire.Reply.Created}
     */
    public void writePids(int control, long controlStartTicks, int init, long startTicks)
            throws SyscallException {
        String text = control + " " + controlStartTicks + "\n" + init + " " + startTicks + "\n";
        replace(PID_UNFINISHED, PID, text);
    }

    private void replace(String unfinished, String name, String text) throws SyscallException {
        byte[] bytes = Utf8.encode(text);
        int fd = files.open(FileCalls.AT_FDCWD, unfinished, FLAGS, MODE);
        try {
            int done = 0;
            while (done < bytes.length) {
                int n = files.write(fd, bytes, done, bytes.length - done);
                if (n < 0 && n != -Errno.EINTR) {
                    throw new SyscallException("write", unfinished, -n);
                }
                done += Math.max(n, 0);
            }
        } finally {
            files.close(fd);
        }
        files.rename(FileCalls.AT_FDCWD, unfinished, FileCalls.AT_FDCWD, name);
    }
}
