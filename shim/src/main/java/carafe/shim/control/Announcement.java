package carafe.shim.control;

import carafe.shim.record.BundleRecords;
import carafe.shim.sys.Errno;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.wire.Reply;
import org.jspecify.annotations.Nullable;

/** Says that the container is created: first in the bundle, then to whoever asked for it. */
final class Announcement {
    private final Syscalls sys;
    private final Surroundings parts;
    private boolean initIsReady;

    Announcement(Syscalls sys, Surroundings parts) {
        this.sys = sys;
        this.parts = parts;
    }

    void initIsReady() {
        initIsReady = true;
    }

    /** Whether init waits for the start and it is known how opening the log went. */
    boolean isPossible() {
        return initIsReady && parts.pump().hasTriedToOpen();
    }

    /** Nobody is left who asks. */
    static Reply.Failed nobodyAsks() {
        return Failures.of("create", 0, "whoever asked for the container is gone");
    }

    /**
     * Announces it.
     *
     * @return why that was not possible, null = it was
     */
    Reply.@Nullable Failed make(int init, long startTicks) {
        int errno = parts.pump().openErrno();
        if (errno != 0) {
            String path = parts.facts().logPath();
            return new Reply.Failed("log.open", path, errno, logProblem(errno));
        }
        try {
            int own = sys.processes().pid();
            long ownTicks = sys.processes().startTicks(own);
            new BundleRecords(sys.files()).writePids(own, ownTicks, init, startTicks);
        } catch (SyscallException e) {
            return Failures.of("bundle.pid", e);
        }
        return parts.result().send(new Reply.Created(init, startTicks)) ? null : nobodyAsks();
    }

    private static String logProblem(int errno) {
        return errno == Errno.EINVAL
                ? "the log must be a regular file"
                : "the log cannot be opened: " + Errno.text(errno);
    }
}
