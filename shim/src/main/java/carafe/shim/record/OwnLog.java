package carafe.shim.record;

import carafe.shim.sys.FileCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Utf8;

/**
 * The shim's own errors, for the human who looks for them: {@code shim.log} in the bundle, which is
 * the working directory. Never fails, never grows beyond 64 KiB, keeps no descriptor.
 */
public final class OwnLog {
    private static final String NAME = "shim.log";
    private static final int MAX_BYTES = 64 << 10;
    private static final int MAX_LINE = 1024;
    private static final int FLAGS =
            FileCalls.O_WRONLY
                    | FileCalls.O_APPEND
                    | FileCalls.O_CREAT
                    | FileCalls.O_NOFOLLOW
                    | FileCalls.O_NONBLOCK
                    | FileCalls.O_CLOEXEC;

    private final FileCalls files;
    private final String who;

    /**
     * @param who process that speaks, such as {@code pump}
     */
    public OwnLog(FileCalls files, String who) {
        this.files = files;
        this.who = who;
    }

    /** Adds one line; cut at 1 KiB, dropped when the file is full. */
    public void say(String what) {
        try {
            int fd = files.open(FileCalls.AT_FDCWD, NAME, FLAGS, 0600);
            try {
                byte[] line = Utf8.encode(who + ": " + what + "\n");
                if (files.status(fd).size() + MAX_LINE <= MAX_BYTES) {
                    files.write(fd, line, 0, Math.min(line.length, MAX_LINE));
                }
            } finally {
                files.close(fd);
            }
        } catch (SyscallException e) {
            // There is nobody left to tell.
            return;
        }
    }
}
