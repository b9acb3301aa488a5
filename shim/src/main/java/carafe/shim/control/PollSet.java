package carafe.shim.control;

import carafe.shim.sys.Buffer;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.Syscalls;
import carafe.shim.sys.WaitCalls;

/** The descriptors of one round of the loop. Allocates nothing after its construction. */
final class PollSet {
    /** What {@link #add} returns for a descriptor that is not there. */
    static final int ABSENT = -1;

    static final int IN = WaitCalls.POLLIN;
    static final int OUT = WaitCalls.POLLOUT;
    static final int ERROR = WaitCalls.POLLERR;
    static final int HANGUP = WaitCalls.POLLHUP;

    private static final int REQUESTED = 4;
    private static final int RETURNED = 6;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final Syscalls sys;
    private final Buffer entries;
    private final int capacity;
    private int count;

    /**
     * @param capacity most descriptors of one round
     */
    PollSet(Syscalls sys, int capacity) {
        this.sys = sys;
        this.capacity = capacity;
        this.entries = sys.memory().allocate(capacity * WaitCalls.POLLFD);
    }

    void clear() {
        count = 0;
    }

    /**
     * Waits for the events too; errors and hang-ups always count.
     *
     * @param fd negative = not there
     * @return index for {@link #events}
     */
    int add(int fd, int events) {
        if (fd < 0 || count == capacity) {
            return ABSENT;
        }
        int at = count * WaitCalls.POLLFD;
        entries.putInt(at, fd);
        entries.putShort(at + REQUESTED, events);
        entries.putShort(at + RETURNED, 0);
        return count++;
    }

    /** What has happened, 0 = nothing. */
    int events(int index) {
        return index == ABSENT ? 0 : entries.getShort(index * WaitCalls.POLLFD + RETURNED);
    }

    /** Waits until something happens or the monotonic clock shows this time. */
    void await(long deadlineNanos) {
        long millis = -1;
        if (deadlineNanos != Party.NEVER) {
            long left = deadlineNanos - sys.processes().nanos(ProcessCalls.CLOCK_MONOTONIC);
            millis = left <= 0 ? 0 : (left + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
        }
        int result = sys.waits().poll(entries, count, millis);
        if (result < 0) {
            // Interrupted, or out of memory for a moment: nothing is known to have happened.
            for (int i = 0; i < count; i++) {
                entries.putShort(i * WaitCalls.POLLFD + RETURNED, 0);
            }
        }
    }
}
