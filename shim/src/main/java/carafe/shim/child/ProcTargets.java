package carafe.shim.child;

/** Files of /proc that lxcfs replaces; nothing else below /proc may be mounted on. */
final class ProcTargets {
    private static final String[] ALLOWED = {
        "/proc/cpuinfo",
        "/proc/diskstats",
        "/proc/meminfo",
        "/proc/stat",
        "/proc/swaps",
        "/proc/uptime",
        "/proc/loadavg",
        "/proc/slabinfo",
        "/proc/net/dev",
        "/proc/sys/kernel/ns_last_pid"
    };

    private ProcTargets() {}

    static boolean allows(String destination) {
        for (String path : ALLOWED) {
            if (path.equals(destination)) {
                return true;
            }
        }
        return false;
    }
}
