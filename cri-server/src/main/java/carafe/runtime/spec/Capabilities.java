package carafe.runtime.spec;

import carafe.base.CarafeException;
import carafe.runtime.api.CapabilityChanges;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * The capability sets of a container: the defaults, changed as asked, never more than the daemon
 * itself has. Inheritable holds exactly what is ambient, so that no file in the image gains by it.
 *
 * @param bounding also effective and permitted
 * @param ambient also inheritable
 */
record Capabilities(Set<String> bounding, Set<String> ambient) {
    /** In the order of their numbers, 0 to 40 (Linux 5.9). */
    private static final List<String> KNOWN =
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

    private static final List<String> DEFAULTS =
            List.of(
                    "AUDIT_WRITE",
                    "CHOWN",
                    "DAC_OVERRIDE",
                    "FOWNER",
                    "FSETID",
                    "KILL",
                    "MKNOD",
                    "NET_BIND_SERVICE",
                    "NET_RAW",
                    "SETFCAP",
                    "SETGID",
                    "SETPCAP",
                    "SETUID",
                    "SYS_CHROOT");

    private static final String ALL = "ALL";

    Capabilities {
        bounding = new TreeSet<>(bounding);
        ambient = new TreeSet<>(ambient);
    }

    /** Those with bit n set in a mask as /proc/self/status shows it. */
    static Set<String> ofMask(long mask) {
        Set<String> found = new TreeSet<>();
        for (int bit = 0; bit < KNOWN.size(); bit++) {
            if ((mask >>> bit & 1) == 1) {
                found.add("CAP_" + KNOWN.get(bit));
            }
        }
        return found;
    }

    static Capabilities of(CapabilityChanges changes, boolean privileged, Set<String> available) {
        if (privileged) {
            return new Capabilities(available, Set.of());
        }
        Set<String> held = new TreeSet<>();
        if (holdsAll(changes.add())) {
            held.addAll(all());
        } else {
            DEFAULTS.forEach(each -> held.add("CAP_" + each));
        }
        if (holdsAll(changes.drop())) {
            held.clear();
        }
        Set<String> ambient = named(changes.addAmbient());
        if (holdsAll(changes.addAmbient())) {
            ambient.addAll(all());
        }
        held.addAll(named(changes.add()));
        held.addAll(ambient);
        Set<String> drop = named(changes.drop());
        held.removeAll(drop);
        ambient.removeAll(drop);
        held.retainAll(available);
        ambient.retainAll(available);
        return new Capabilities(held, ambient);
    }

    /** Those given by name; ALL is treated before, because it comes before every name. */
    private static Set<String> named(List<String> names) {
        Set<String> found = new TreeSet<>();
        for (String each : names) {
            if (!isAll(each)) {
                found.add(known(each));
            }
        }
        return found;
    }

    private static Set<String> all() {
        return ofMask(-1);
    }

    private static boolean holdsAll(List<String> names) {
        return names.stream().anyMatch(Capabilities::isAll);
    }

    private static String known(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        String bare = upper.startsWith("CAP_") ? upper.substring(4) : upper;
        if (!KNOWN.contains(bare)) {
            throw new CarafeException.Invalid("there is no capability " + name);
        }
        return "CAP_" + bare;
    }

    private static boolean isAll(String name) {
        return name.toUpperCase(Locale.ROOT).equals(ALL);
    }
}
