package carafe.shim.sys;

/** Calls that wait for events. */
public interface WaitCalls {
    int POLLIN = 1;
    int POLLOUT = 4;
    int POLLERR = 8;
    int POLLHUP = 16;
    int POLLNVAL = 32;

    /** Bytes of a struct pollfd: int fd, short events, short revents. A negative fd is skipped. */
    int POLLFD = 8;

    /**
     * ppoll.
     *
     * @param entries array of struct pollfd
     * @param timeoutMillis -1 = for ever
     * @return number of entries with events, 0 when time ran out, or minus errno (EINTR)
     */
    int poll(Buffer entries, int count, long timeoutMillis);

    /** signalfd, close-on-exec and non-blocking; a record read from it has 128 bytes. */
    int signalDescriptor(long mask) throws SyscallException;

    /** eventfd, close-on-exec and non-blocking. */
    int eventDescriptor() throws SyscallException;

    /** timerfd on the monotonic clock, close-on-exec and non-blocking. */
    int timer() throws SyscallException;

    /** Fires once after the delay; 0 disarms. */
    void setTimer(int fd, long nanos) throws SyscallException;

    /** inotify, close-on-exec and non-blocking. */
    int watchDescriptor() throws SyscallException;

    int watch(int fd, String path, int mask) throws SyscallException;
}
