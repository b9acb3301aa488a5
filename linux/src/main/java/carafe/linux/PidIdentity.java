package carafe.linux;

/**
 * A process, safely named: a pid alone is recycled, pid and start time are not while the machine
 * runs. Across reboots the boot id ({@link BootId}) must match too.
 *
 * @param pid in the daemon's PID namespace, greater than 1
 * @param startTicks field 22 of /proc/pid/stat: clock ticks after boot
 */
public record PidIdentity(int pid, long startTicks) {
    public PidIdentity {
        if (pid <= 1) {
            throw new IllegalArgumentException("not a pid of ours: " + pid);
        }
        if (startTicks < 0) {
            throw new IllegalArgumentException("negative start time of pid " + pid);
        }
    }
}
