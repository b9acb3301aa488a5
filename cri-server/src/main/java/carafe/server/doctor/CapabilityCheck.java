package carafe.server.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Whether the daemon would have the capabilities that pods need. */
record CapabilityCheck(ProcFiles proc) implements Check {
    private static final String TOPIC = "capabilities";

    /** Bit of include/uapi/linux/capability.h to name, for those without which no pod runs. */
    private static final Map<Integer, String> NEEDED =
            new TreeMap<>(
                    Map.of(
                            0, "CAP_CHOWN",
                            1, "CAP_DAC_OVERRIDE",
                            3, "CAP_FOWNER",
                            6, "CAP_SETGID",
                            7, "CAP_SETUID",
                            8, "CAP_SETPCAP",
                            12, "CAP_NET_ADMIN",
                            18, "CAP_SYS_CHROOT",
                            21, "CAP_SYS_ADMIN",
                            27, "CAP_MKNOD"));

    private static final int SYS_RESOURCE = 24;
    private static final int SYS_PTRACE = 19;

    @Override
    public List<Finding> run() {
        long effective = effective();
        List<String> missing = new ArrayList<>();
        NEEDED.forEach((bit, name) -> {
            if (!has(effective, bit)) {
                missing.add(name);
            }
        });
        List<Finding> findings = new ArrayList<>();
        findings.add(
                missing.isEmpty()
                        ? Finding.ok(TOPIC, "all that pods need")
                        : Finding.fail(
                                TOPIC,
                                "missing: " + String.join(", ", missing),
                                "namespaces, mounts or users of a pod cannot be made",
                                "run carafe as root, outside a container that drops capabilities"));
        if (!has(effective, SYS_RESOURCE)) {
            findings.add(
                    Finding.warn(
                            "CAP_SYS_RESOURCE",
                            "missing",
                            "negative oom_score_adj and raised hard limits are refused by the"
                                    + " kernel; pods that ask for them start without, each with one"
                                    + " warning",
                            "add the capability to the service if this machine may have it"));
        }
        if (!has(effective, SYS_PTRACE)) {
            findings.add(
                    Finding.warn(
                            "CAP_SYS_PTRACE",
                            "missing",
                            "namespaces of processes of other users cannot be joined for exec",
                            "add the capability to the service"));
        }
        return findings;
    }

    private long effective() {
        return proc.read("proc/self/status").stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("CapEff:"))
                .map(line -> line.substring("CapEff:".length()).strip())
                .mapToLong(hex -> Long.parseUnsignedLong(hex, 16))
                .findFirst()
                .orElse(0);
    }

    private static boolean has(long set, int bit) {
        return (set >>> bit & 1) == 1;
    }
}
