package carafe.shim.pump;

import carafe.shim.sys.Buffer;
import carafe.shim.sys.Syscalls;
import carafe.shim.sys.WaitCalls;

/** The descriptors of one round of the pump. Allocates nothing after its construction. */
final class PumpPolls {
    /** What {@link #add} returns for a descriptor that is not there. */
    static final int ABSENT = -1;

    private static final int REQUESTED = 4;
    private static final int RETURNED = 6;

    private final Syscalls sys;
    private final Buffer entries;
    private final int capacity;
    private int count;

    PumpPolls(Syscalls sys, int capacity) {
        this.sys = sys;
        this.capacity = capacity;
        this.entries = sys.memory().allocate(capacity * WaitCalls.POLLFD);
    }

    void clear() {
        count = 0;
    }

    /**
     * Errors and hang-ups always count.
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

    /** poll; see {@link WaitCalls#poll}. */
    int await(long timeoutMillis) {
        return sys.waits().poll(entries, count, timeoutMillis);
    }
}
