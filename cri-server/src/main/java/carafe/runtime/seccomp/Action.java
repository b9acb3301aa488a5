package carafe.runtime.seccomp;

/**
 * What the kernel does with a call, as the value a filter returns.
 *
 * @param value SECCOMP_RET_* with its data
 */
record Action(int value) {
    static final Action ALLOW = new Action(0x7fff0000);
    static final Action KILL_PROCESS = new Action(0x80000000);
    static final Action KILL_THREAD = new Action(0);
    static final Action TRAP = new Action(0x00030000);
    static final Action LOG = new Action(0x7ffc0000);

    static final int EPERM = 1;
    static final int ENOSYS = 38;

    private static final int MAX_ERRNO = 4095;

    /**
     * Fails the call.
     *
     * @param errno 0–4095
     */
    static Action errno(int errno) {
        if (errno < 0 || errno > MAX_ERRNO) {
            throw new IllegalArgumentException("errno " + errno + " is not within 0 and 4095");
        }
        return new Action(0x00050000 | errno);
    }

    /** Hands the call to a tracer, ENOSYS without one. */
    static Action trace(int data) {
        return new Action(0x7ff00000 | (data & 0xffff));
    }
}
