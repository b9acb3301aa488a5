package carafe.linux;

/**
 * Which newer system calls the kernel has. Each is asked with arguments that it must refuse, so
 * nothing happens; ENOSYS means that there is no such call. (A seccomp filter around the daemon may
 * answer EPERM instead; that counts as absent too.)
 */
public final class KernelCalls {
    private static final long NOTHING = 0;
    private static final long NO_FD = -1;

    private KernelCalls() {}

    /** A call and where it appeared. Numbers are the same on every architecture. */
    public enum Call {
        PIDFD_SEND_SIGNAL(424, "5.1"),
        OPEN_TREE(428, "5.2"),
        MOVE_MOUNT(429, "5.2"),
        FSOPEN(430, "5.2"),
        PIDFD_OPEN(434, "5.3"),
        CLONE3(435, "5.3"),
        CLOSE_RANGE(436, "5.9"),
        OPENAT2(437, "5.6"),
        MOUNT_SETATTR(442, "5.12");

        private final long number;
        private final String since;

        Call(long number, String since) {
            this.number = number;
            this.since = since;
        }

        /** The first kernel that has it. */
        public String since() {
            return since;
        }
    }

    /** Whether the kernel has the call and lets this process make it. */
    public static boolean knows(Call call) {
        try {
            switch (call) {
                // first > last
                case CLOSE_RANGE -> refuse(call, 1, NOTHING);
                // No arguments structure, size 0.
                case CLONE3 -> refuse(call, NOTHING, NOTHING);
                case PIDFD_SEND_SIGNAL,
                        OPEN_TREE,
                        MOVE_MOUNT,
                        FSOPEN,
                        PIDFD_OPEN,
                        OPENAT2,
                        MOUNT_SETATTR ->
                        refuse(call, NO_FD, NOTHING);
            }
            return true;
        } catch (SyscallException e) {
            return !e.is(Errno.ENOSYS) && !e.is(Errno.EPERM);
        }
    }

    private static void refuse(Call call, long first, long second) throws SyscallException {
        NativeCall.run(
                call.name(),
                "",
                () -> LibC.syscall(call.number, first, second, NOTHING, NOTHING, NOTHING));
    }
}
