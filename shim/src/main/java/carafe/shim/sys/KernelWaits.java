package carafe.shim.sys;

/** {@link WaitCalls} on a {@link Kernel}. */
final class KernelWaits implements WaitCalls {
    private static final int CLOEXEC_NONBLOCK = 02004000;

    private final Calls calls;

    KernelWaits(Calls calls) {
        this.calls = calls;
    }

    @Override
    public int poll(Buffer entries, int count, long timeoutMillis) {
        long timeout = 0;
        if (timeoutMillis >= 0) {
            timeout = calls.begin().space(16);
            calls.kernel().putLong(timeout, timeoutMillis / 1000);
            calls.kernel().putLong(timeout + 8, timeoutMillis % 1000 * 1_000_000);
        }
        long array = entries.at(0, POLLFD * count);
        return (int) calls.call(Call.PPOLL, array, count, timeout, 0, 8);
    }

    @Override
    public int signalDescriptor(long mask) throws SyscallException {
        long at = calls.begin().space(8);
        calls.kernel().putLong(at, mask);
        long result = calls.call(Call.SIGNALFD4, -1, at, 8, CLOEXEC_NONBLOCK);
        return (int) calls.check("signalfd", "", result);
    }

    @Override
    public int eventDescriptor() throws SyscallException {
        return (int) calls.check("eventfd", "", calls.call(Call.EVENTFD2, 0, CLOEXEC_NONBLOCK));
    }

    @Override
    public int timer() throws SyscallException {
        long result =
                calls.call(Call.TIMERFD_CREATE, ProcessCalls.CLOCK_MONOTONIC, CLOEXEC_NONBLOCK);
        return (int) calls.check("timerfd_create", "", result);
    }

    @Override
    public void setTimer(int fd, long nanos) throws SyscallException {
        long at = calls.begin().space(32);
        calls.kernel().putLong(at + 16, nanos / 1_000_000_000L);
        calls.kernel().putLong(at + 24, nanos % 1_000_000_000L);
        calls.check("timerfd_settime", "", calls.call(Call.TIMERFD_SETTIME, fd, 0, at, 0));
    }

    @Override
    public int watchDescriptor() throws SyscallException {
        return (int) calls.check("inotify", "", calls.call(Call.INOTIFY_INIT1, CLOEXEC_NONBLOCK));
    }

    @Override
    public int watch(int fd, String path, int mask) throws SyscallException {
        long name = calls.begin().string(path, "inotify");
        long result = calls.call(Call.INOTIFY_ADD_WATCH, fd, name, mask);
        return (int) calls.check("inotify_add_watch", path, result);
    }
}
