package carafe.runtime.port;

/**
 * A process, safely named within one run of the machine.
 *
 * @param pid in the daemon's PID namespace
 * @param startTicks field 22 of /proc/pid/stat
 */
public record ProcessId(int pid, long startTicks) {
    public ProcessId {
        if (pid <= 1) {
            throw new IllegalArgumentException("not a pid of ours: " + pid);
        }
    }
}
