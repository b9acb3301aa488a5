package carafe.shim.record;

import carafe.shim.wire.Reply;

/**
 * How a container ended; what stays of it on disk.
 *
 * @param pid init's pid in the daemon's PID namespace
 * @param startTicks start of init in clock ticks since boot
 * @param startedAtNanos Unix time of the execve, 0 = it was never started
 * @param exit code, signal, OOM verdict and time of the end
 * @param oomKills processes of the container that the kernel killed for want of memory
 * @param lostLogBytes bytes of log lines that could not be written
 * @param startError why the start failed, empty = it did not
 */
public record ExitRecord(
        int pid,
        long startTicks,
        long startedAtNanos,
        Reply.Exited exit,
        long oomKills,
        long lostLogBytes,
        String startError) {
    private static final int VERSION = 1;

    String toJson() {
        return new JsonText()
                .number("version", VERSION)
                .number("pid", pid)
                .number("startTicks", startTicks)
                .number("code", exit.code())
                .number("signal", exit.signal())
                .flag("oomKilled", exit.oomKilled())
                .number("oomKills", oomKills)
                .number("startedAtNanos", startedAtNanos)
                .number("finishedAtNanos", exit.finishedAtNanos())
                .number("lostLogBytes", lostLogBytes)
                .string("startError", startError)
                .end();
    }
}
