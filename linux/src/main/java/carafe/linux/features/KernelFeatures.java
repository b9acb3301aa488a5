package carafe.linux.features;

import carafe.linux.Capabilities;
import carafe.linux.KernelCalls;
import carafe.linux.cgroup.CgroupLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Looks at the machine once and says what it can do, for {@code carafe doctor} and the start. */
public final class KernelFeatures {
    private static final String OLD_KERNEL = "boot a newer kernel";

    /** Without these no pod runs. */
    private static final Set<String> NEEDED =
            Set.of(
                    "CAP_CHOWN",
                    "CAP_DAC_OVERRIDE",
                    "CAP_FOWNER",
                    "CAP_SETGID",
                    "CAP_SETUID",
                    "CAP_SETPCAP",
                    "CAP_NET_ADMIN",
                    "CAP_SYS_CHROOT",
                    "CAP_SYS_ADMIN",
                    "CAP_MKNOD");

    private final MachineFacts facts;
    private final List<Feature> found = new ArrayList<>();

    private KernelFeatures(MachineFacts facts) {
        this.facts = facts;
    }

    /** Everything about the running machine. Changes nothing; takes a few milliseconds. */
    public static List<Feature> probe(CgroupLayout cgroups) {
        return probe(MachineFacts.real(), cgroups);
    }

    static List<Feature> probe(MachineFacts facts, CgroupLayout cgroups) {
        KernelFeatures features = new KernelFeatures(facts);
        KernelVersion version =
                KernelVersion.parse(facts.file("/proc/sys/kernel/osrelease").orElse("0.0"));
        features.version(version);
        features.calls();
        features.overlay(version);
        features.idmap(version);
        features.memfd();
        features.seccomp();
        features.userNamespaces();
        features.securityModules();
        features.capabilities();
        features.pressure();
        features.found.addAll(new CgroupFeatures(facts, cgroups, version).probe());
        return List.copyOf(features.found);
    }

    private void version(KernelVersion version) {
        String release = facts.file("/proc/sys/kernel/osrelease").orElse("unknown");
        found.add(
                version.isAtLeast(5, 14)
                        ? Feature.present("kernel", release)
                        : Feature.missing(
                                "kernel",
                                release,
                                "Carafe is made for Linux 5.14 and newer; it may not start",
                                OLD_KERNEL));
    }

    private void calls() {
        for (KernelCalls.Call call : KernelCalls.Call.values()) {
            String name = call.name().toLowerCase(java.util.Locale.ROOT);
            found.add(
                    facts.knows(call)
                            ? Feature.present(name, "system call")
                            : Feature.missing(
                                    name,
                                    "no such system call (Linux "
                                            + call.since()
                                            + "), or it is"
                                            + " forbidden to this process",
                                    "containers cannot be made safely",
                                    OLD_KERNEL
                                            + ", or run carafe outside the container that"
                                            + " forbids the call"));
        }
    }

    private void overlay(KernelVersion version) {
        boolean known =
                facts.file("/proc/filesystems")
                        .filter(list -> list.lines().anyMatch(line -> line.endsWith("\toverlay")))
                        .isPresent();
        found.add(
                known
                        ? Feature.present("overlayfs", "file system")
                        : Feature.missing(
                                "overlayfs",
                                "not in /proc/filesystems",
                                "no container gets a root file system",
                                "modprobe overlay"));
        found.add(
                version.isAtLeast(6, 5)
                        ? Feature.present("overlay lowerdir+", "any number of layers")
                        : Feature.degraded(
                                "overlay lowerdir+",
                                "not before Linux 6.5",
                                "layers go into one mount option of 4096 bytes: images of very"
                                        + " many layers do not fit",
                                OLD_KERNEL));
    }

    private void idmap(KernelVersion version) {
        found.add(
                version.isAtLeast(5, 19)
                        ? Feature.present("idmapped layers", "overlay on idmapped mounts")
                        : Feature.degraded(
                                "idmapped layers",
                                "not before Linux 5.19",
                                "pods with a user namespace are refused",
                                OLD_KERNEL));
    }

    private void memfd() {
        String policy = facts.file("/proc/sys/vm/memfd_noexec").orElse("0");
        found.add(
                policy.equals("2")
                        ? Feature.missing(
                                "executable memfd",
                                "vm.memfd_noexec = 2",
                                "the shim runs from memory, so no container starts",
                                "sysctl vm.memfd_noexec=1")
                        : Feature.present("executable memfd", "vm.memfd_noexec = " + policy));
    }

    private void seccomp() {
        String actions = facts.file("/proc/sys/kernel/seccomp/actions_avail").orElse("");
        List<String> wanted = List.of("kill_process", "errno", "log", "allow");
        List<String> have = List.of(actions.split(" ", -1));
        found.add(
                have.containsAll(wanted)
                        ? Feature.present("seccomp", actions)
                        : Feature.missing(
                                "seccomp",
                                actions.isEmpty() ? "no filters" : actions,
                                "containers with a seccomp profile, which is nearly all, are"
                                        + " refused",
                                "boot a kernel with CONFIG_SECCOMP_FILTER"));
    }

    private void userNamespaces() {
        String most = facts.file("/proc/sys/user/max_user_namespaces").orElse("0");
        boolean usable = facts.exists("/proc/self/ns/user") && !most.equals("0");
        found.add(
                usable
                        ? Feature.present("user namespaces", "at most " + most)
                        : Feature.degraded(
                                "user namespaces",
                                "user.max_user_namespaces = " + most,
                                "pods with hostUsers: false are refused",
                                "sysctl user.max_user_namespaces=15000"));
    }

    private void securityModules() {
        boolean appArmor =
                facts.file("/sys/module/apparmor/parameters/enabled")
                        .filter("Y"::equals)
                        .isPresent();
        found.add(
                appArmor
                        ? Feature.present("apparmor", "enabled")
                        : Feature.degraded(
                                "apparmor",
                                "not enabled",
                                "pods that ask for an AppArmor profile are refused, others run"
                                        + " without one",
                                "none needed; where wanted, boot with apparmor=1 and"
                                        + " lsm=…,apparmor"));
        boolean selinux = facts.exists("/sys/fs/selinux/enforce");
        found.add(
                selinux
                        ? Feature.present("selinux", "enabled")
                        : Feature.degraded(
                                "selinux",
                                "not enabled",
                                "SELinux options of pods have no effect",
                                "none needed; where wanted, boot with selinux=1"));
    }

    private void capabilities() {
        Capabilities own =
                facts.file("/proc/self/status")
                        .map(Capabilities::parse)
                        .orElse(new Capabilities(0));
        List<String> missing = own.missing();
        List<String> fatal = missing.stream().filter(NEEDED::contains).toList();
        if (!fatal.isEmpty()) {
            found.add(
                    Feature.missing(
                            "capabilities",
                            "missing " + String.join(", ", fatal),
                            "namespaces, mounts or users of a pod cannot be made",
                            "run carafe as root, outside a container that drops capabilities"));
            return;
        }
        found.add(
                missing.isEmpty()
                        ? Feature.present("capabilities", "all")
                        : Feature.degraded(
                                "capabilities",
                                "missing " + String.join(", ", missing),
                                follows(missing),
                                "give the capabilities to the service that starts carafe"));
    }

    private static String follows(List<String> missing) {
        if (missing.contains("CAP_SYS_PTRACE")) {
            return "namespaces of processes of other users cannot be joined: exec is refused";
        }
        return missing.contains("CAP_SYS_RESOURCE")
                ? "no negative oom_score_adj and no raised hard limits: under memory pressure the"
                        + " kernel may choose shims, containers run with the limits of the daemon"
                : "privileged containers do not get what is missing";
    }

    private void pressure() {
        found.add(
                facts.exists("/proc/pressure/memory")
                        ? Feature.present("pressure stall information", "/proc/pressure")
                        : Feature.degraded(
                                "pressure stall information",
                                "no /proc/pressure",
                                "statistics come without PSI",
                                "boot with psi=1"));
    }
}
