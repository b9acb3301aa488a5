package carafe.linux;

import carafe.base.CarafeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What this process may do beyond an ordinary user.
 *
 * @param effective bit n = capability n
 */
public record Capabilities(long effective) {
    private static final List<String> NAMES =
            List.of(
                    "CAP_CHOWN",
                    "CAP_DAC_OVERRIDE",
                    "CAP_DAC_READ_SEARCH",
                    "CAP_FOWNER",
                    "CAP_FSETID",
                    "CAP_KILL",
                    "CAP_SETGID",
                    "CAP_SETUID",
                    "CAP_SETPCAP",
                    "CAP_LINUX_IMMUTABLE",
                    "CAP_NET_BIND_SERVICE",
                    "CAP_NET_BROADCAST",
                    "CAP_NET_ADMIN",
                    "CAP_NET_RAW",
                    "CAP_IPC_LOCK",
                    "CAP_IPC_OWNER",
                    "CAP_SYS_MODULE",
                    "CAP_SYS_RAWIO",
                    "CAP_SYS_CHROOT",
                    "CAP_SYS_PTRACE",
                    "CAP_SYS_PACCT",
                    "CAP_SYS_ADMIN",
                    "CAP_SYS_BOOT",
                    "CAP_SYS_NICE",
                    "CAP_SYS_RESOURCE",
                    "CAP_SYS_TIME",
                    "CAP_SYS_TTY_CONFIG",
                    "CAP_MKNOD",
                    "CAP_LEASE",
                    "CAP_AUDIT_WRITE",
                    "CAP_AUDIT_CONTROL",
                    "CAP_SETFCAP",
                    "CAP_MAC_OVERRIDE",
                    "CAP_MAC_ADMIN",
                    "CAP_SYSLOG",
                    "CAP_WAKE_ALARM",
                    "CAP_BLOCK_SUSPEND",
                    "CAP_AUDIT_READ",
                    "CAP_PERFMON",
                    "CAP_BPF",
                    "CAP_CHECKPOINT_RESTORE");

    private static final String LINE = "CapEff:";

    /** This process's. */
    public static Capabilities own() throws SyscallException {
        return parse(KernelFiles.read(Path.of("/proc/self/status")));
    }

    /** Out of the text of /proc/pid/status. */
    public static Capabilities parse(String status) {
        return status.lines()
                .filter(line -> line.startsWith(LINE))
                .findFirst()
                .map(line -> line.substring(LINE.length()).strip())
                .filter(text -> text.matches("[0-9a-f]{16}"))
                .map(text -> new Capabilities(Long.parseUnsignedLong(text, 16)))
                .orElseThrow(() ->
                        new CarafeException.Internal(
                                "/proc/self/status names no effective capabilities"));
    }

    /**
     * @param name as {@code CAP_SYS_ADMIN}
     */
    public boolean has(String name) {
        int bit = NAMES.indexOf(name);
        return bit >= 0 && (effective >> bit & 1) == 1;
    }

    /** Those this process does not have, in the kernel's order. */
    public List<String> missing() {
        List<String> missing = new ArrayList<>(NAMES);
        missing.removeIf(this::has);
        return missing;
    }
}
