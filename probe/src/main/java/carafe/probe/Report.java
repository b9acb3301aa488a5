package carafe.probe;

/** What this process is, sees and may do, as one line of JSON on standard output. */
final class Report {
    private static final String[] FILES = {
        "status", "limits", "cgroup", "oom_score_adj", "attr/current", "uid_map", "mountinfo"
    };
    private static final String[] NAMESPACES = {
        "cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"
    };
    private static final String[] TO_WRITE = {
        "/proc/sys/kernel/core_pattern",
        "/proc/sys/kernel/hostname",
        "/proc/sys/vm/drop_caches",
        "/proc/sysrq-trigger",
        "/proc/self/attr/current",
        "/proc/1/oom_score_adj",
        "/sys/kernel/mm/ksm/run",
        "/sys/fs/cgroup/cgroup.procs",
        "/sys/fs/cgroup/memory/tasks",
        "/sys/fs/cgroup/unified/cgroup.procs",
        "/etc/hosts",
        "/dev/null"
    };

    /** Descriptors are looked at up to here, one by one: listing them would open one more. */
    private static final int DESCRIPTORS = 512;

    private final Files files = new Files();

    void print() {
        JsonObject report = new JsonObject();
        for (String name : FILES) {
            report.put(name, files.text("/proc/self/" + name));
        }
        JsonObject namespaces = new JsonObject();
        for (String name : NAMESPACES) {
            namespaces.put(name, files.link("/proc/self/ns/" + name));
        }
        report.put("ns", namespaces).put("fd", descriptors());
        report.put("cwd", files.link("/proc/self/cwd")).put("root", files.link("/proc/self/root"));
        report.put("umask", umask());
        JsonObject writes = new JsonObject();
        for (String path : TO_WRITE) {
            writes.put(path, files.tryToOpenForWriting(path));
        }
        report.put("writes", writes).put("calls", new Calls().tried());
        files.print(report.end() + "\n");
    }

    private JsonObject descriptors() {
        JsonObject found = new JsonObject();
        for (int fd = 0; fd < DESCRIPTORS; fd++) {
            String target = files.link("/proc/self/fd/" + fd);
            if (!target.isEmpty()) {
                found.put(Integer.toString(fd), target);
            }
        }
        return found;
    }

    private static int umask() {
        int mask = Libc.umask(0);
        Libc.umask(mask);
        return mask;
    }
}
