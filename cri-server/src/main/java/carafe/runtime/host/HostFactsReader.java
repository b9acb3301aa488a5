package carafe.runtime.host;

import carafe.base.CarafeException;
import carafe.runtime.spec.HostFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What this machine lets the daemon hand on, read from the daemon's own /proc entry. */
public final class HostFactsReader {
    /** Names by number, include/uapi/linux/capability.h of Linux 5.9 and later. */
    private static final List<String> CAPABILITIES =
            List.of(
                    "CHOWN",
                    "DAC_OVERRIDE",
                    "DAC_READ_SEARCH",
                    "FOWNER",
                    "FSETID",
                    "KILL",
                    "SETGID",
                    "SETUID",
                    "SETPCAP",
                    "LINUX_IMMUTABLE",
                    "NET_BIND_SERVICE",
                    "NET_BROADCAST",
                    "NET_ADMIN",
                    "NET_RAW",
                    "IPC_LOCK",
                    "IPC_OWNER",
                    "SYS_MODULE",
                    "SYS_RAWIO",
                    "SYS_CHROOT",
                    "SYS_PTRACE",
                    "SYS_PACCT",
                    "SYS_ADMIN",
                    "SYS_BOOT",
                    "SYS_NICE",
                    "SYS_RESOURCE",
                    "SYS_TIME",
                    "SYS_TTY_CONFIG",
                    "MKNOD",
                    "LEASE",
                    "AUDIT_WRITE",
                    "AUDIT_CONTROL",
                    "SETFCAP",
                    "MAC_OVERRIDE",
                    "MAC_ADMIN",
                    "SYSLOG",
                    "WAKE_ALARM",
                    "BLOCK_SUSPEND",
                    "AUDIT_READ",
                    "PERFMON",
                    "BPF",
                    "CHECKPOINT_RESTORE");

    private static final long OPEN_FILES = 1L << 20;

    private final Path proc;

    /**
     * @param proc the process's own directory, {@code /proc/self}
     */
    public HostFactsReader(Path proc) {
        this.proc = proc;
    }

    /**
     * Reads them; the limit of open files is what containers usually get, or the daemon's own hard
     * limit where that is lower, since raising it may not be allowed.
     */
    public HostFacts read() {
        long hard = Math.min(OPEN_FILES, hardLimit("Max open files"));
        return new HostFacts(capabilities(), hard, hard);
    }

    private Set<String> capabilities() {
        long mask = Long.parseUnsignedLong(field("status", "CapBnd:").strip(), 16);
        Set<String> names = new HashSet<>();
        for (int i = 0; i < CAPABILITIES.size(); i++) {
            if ((mask >>> i & 1) == 1) {
                names.add("CAP_" + CAPABILITIES.get(i));
            }
        }
        return names;
    }

    private long hardLimit(String name) {
        String[] columns = field("limits", name).strip().split(" +", -1);
        return columns[1].equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(columns[1]);
    }

    private String field(String file, String name) {
        try {
            return Files.readAllLines(proc.resolve(file)).stream()
                    .filter(line -> line.startsWith(name))
                    .map(line -> line.substring(name.length()))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no line \"" + name + "\""));
        } catch (IOException e) {
            throw new CarafeException.Internal("read " + proc.resolve(file) + ": " + e, e);
        }
    }
}
