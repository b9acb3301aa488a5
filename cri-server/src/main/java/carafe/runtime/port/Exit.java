package carafe.runtime.port;

/**
 * How a container's first process ended, as its shim recorded it.
 *
 * @param code 0–255, 128 + signal after a signal
 * @param signal 0 or the signal that ended it
 * @param oomKilled whether the kernel killed it for want of memory
 * @param oomKills its processes, the first one included, that the kernel killed for that
 * @param finishedAtNanos Unix time
 * @param lostLogBytes output that could not be written to the log
 */
public record Exit(
        int code,
        int signal,
        boolean oomKilled,
        long oomKills,
        long finishedAtNanos,
        long lostLogBytes) {
    /** As the other, of one whose log is whole. */
    public Exit(int code, int signal, boolean oomKilled, long oomKills, long finishedAtNanos) {
        this(code, signal, oomKilled, oomKills, finishedAtNanos, 0);
    }
}
