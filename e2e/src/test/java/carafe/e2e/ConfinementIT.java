package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.LinuxContainerConfig;
import carafe.proto.cri.LinuxContainerSecurityContext;
import carafe.proto.cri.LinuxPodSandboxConfig;
import carafe.proto.cri.LinuxSandboxSecurityContext;
import carafe.proto.cri.NamespaceMode;
import carafe.proto.cri.NamespaceOption;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.SecurityProfile;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a container cannot reach, and what no request can talk the daemon into. */
@Timeout(120)
final class ConfinementIT {
    /** Files and directories of the kernel that say too much about the node. */
    private static final List<String> SENSITIVE =
            List.of(
                    "/proc/acpi",
                    "/proc/asound",
                    "/proc/interrupts",
                    "/proc/kcore",
                    "/proc/keys",
                    "/proc/latency_stats",
                    "/proc/sched_debug",
                    "/proc/scsi",
                    "/proc/timer_list",
                    "/proc/timer_stats",
                    "/sys/firmware",
                    "/sys/devices/virtual/powercap");

    @RegisterExtension static final Node node = new Node();

    /** E13: each of them is the null device or an empty read-only directory. */
    @Test
    void sensitiveFilesOfTheKernelAreHidden() {
        String id = runWithoutContext();

        for (String path : SENSITIVE) {
            String script =
                    "if [ -d P ]; then ls -A P | wc -l; touch P/x 2>/dev/null && echo written;"
                            + " elif [ -e P ]; then stat -c %t:%T P; else echo none; fi";
            String said = out(id, script.replace("P", path));
            assertThat(said).as(path).isIn("0", "1:3", "none");
        }
    }

    /** E13: what of procfs and sysfs could change the node is read-only. */
    @Test
    void settingsOfTheNodeAreReadOnly() {
        String id = runWithoutContext();

        String writable =
                "for f in $(find /proc/sys /proc/irq /proc/bus /proc/fs /sys -xdev -type f 2>/dev/null"
                        + " | head -3000) /proc/sysrq-trigger; do true 2>/dev/null >> $f && echo $f;"
                        + " done";
        assertThat(out(id, writable)).isEmpty();
    }

    /** E13: a list of the request replaces ours exactly, and privilege lifts it. */
    @Test
    void masksAreExactlyThoseAskedFor() {
        String own =
                run(
                        LinuxContainerSecurityContext.newBuilder()
                                .addMaskedPaths("/proc/uptime")
                                .addReadonlyPaths("/proc/fs")
                                .build());
        assertThat(out(own, "stat -c %t:%T /proc/uptime; stat -c %t:%T /proc/keys"))
                .isEqualTo("1:3\n0:0");
        assertThat(out(own, "touch /proc/sys/vm/laptop_mode && echo yes")).isEqualTo("yes");

        PodSandboxConfig pod = pod(LinuxSandboxSecurityContext.newBuilder().setPrivileged(true));
        String podId = node.kubelet().runPod(pod);
        LinuxContainerSecurityContext all =
                LinuxContainerSecurityContext.newBuilder().setPrivileged(true).build();
        String id = node.kubelet().run(podId, pod, container(all));
        String masks = "grep -c -E ' /proc/(keys|interrupts|timer_list) ' /proc/self/mountinfo";
        assertThat(out(id, masks + "; stat -c %t:%T /proc/interrupts /proc/keys"))
                .isEqualTo("0\n0:0\n0:0");
    }

    /** E14: cgroups cannot be made, changed or mounted anew. */
    @Test
    @ShimOnly(
            "runc leaves the tmpfs above the hierarchies writable; the hierarchies themselves are not")
    void cgroupsAreReadOnly() {
        SecurityProfile profile =
                SecurityProfile.newBuilder()
                        .setProfileType(SecurityProfile.ProfileType.RuntimeDefault)
                        .build();
        String id = run(LinuxContainerSecurityContext.newBuilder().setSeccomp(profile).build());

        assertThat(out(id, "grep -v ':/$' /proc/self/cgroup")).isEmpty();
        String everywhere =
                "for d in $(find /sys/fs/cgroup -maxdepth 2 -type d); do"
                        + " mkdir $d/x 2>/dev/null && echo made in $d;"
                        + " ( echo 0 >> $d/cgroup.procs ) 2>/dev/null && echo joined $d;"
                        + " ( echo x >> $d/release_agent ) 2>/dev/null && echo agent $d; done";
        assertThat(out(id, everywhere)).isEmpty();
        assertThat(out(id, "unshare -U true 2>&1; mount -t cgroup2 none /mnt 2>&1"))
                .contains("unshare")
                .containsIgnoringCase("not permitted")
                .containsIgnoringCase("mount");
    }

    /** P10: a filter that cannot be honoured whole keeps the container from running. */
    @Test
    void aBrokenSeccompProfileStartsNothing() throws IOException {
        Path dir = Files.createDirectories(node.instance().scratch().resolve("profiles"));
        List<String> profiles =
                List.of(
                        "{\"defaultAction\":",
                        "{\"defaultAction\":\"SCMP_ACT_MAYBE\"}",
                        "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"SCMP_ARCH_Z80\"]}",
                        "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"mkdir\"],"
                                + "\"action\":\"SCMP_ACT_NONE\"}]}",
                        "");
        for (String text : profiles) {
            Path file = Files.writeString(dir.resolve("profile.json"), text);
            assertProfileRefused(file.toString());
        }
        assertProfileRefused(dir.resolve("absent.json").toString());
        assertProfileRefused(dir.toString());
        assertProfileRefused("/dev/zero");
        assertProfileRefused("relative.json");
    }

    private static void assertProfileRefused(String file) {
        SecurityProfile profile =
                SecurityProfile.newBuilder()
                        .setProfileType(SecurityProfile.ProfileType.Localhost)
                        .setLocalhostRef(file)
                        .build();
        LinuxContainerSecurityContext security =
                LinuxContainerSecurityContext.newBuilder().setSeccomp(profile).build();
        StatusRuntimeException error =
                catchThrowableOfType(StatusRuntimeException.class, () -> run(security));
        assertThat(error).as("refusal of " + file).isNotNull();
        assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(error).hasMessageContaining("seccomp");
        assertThat(node.kubelet().containers()).isEmpty();
    }

    /** P11: a setting is the pod's own, or it is refused. */
    @Test
    void sysctlsOfTheNodeAreRefused() throws IOException {
        NamespaceOption own = NamespaceOption.getDefaultInstance();
        NamespaceOption hosts =
                NamespaceOption.newBuilder()
                        .setNetwork(NamespaceMode.NODE)
                        .setIpc(NamespaceMode.NODE)
                        .build();
        String before = settings();
        assertSysctlRefused(own, "kernel.core_pattern", "|/tmp/x");
        assertSysctlRefused(own, "kernel.shm_rmid_forced", "1+kernel.core_pattern=|/tmp/x");
        assertSysctlRefused(own, "kernel.shm_rmid_forced", "1\nkernel.core_pattern = x");
        assertSysctlRefused(own, "kernel.shm_rmid_forced", "1=1");
        assertSysctlRefused(own, "net/../kernel/core_pattern", "x");
        assertSysctlRefused(own, "net.ipv4/../../kernel/core_pattern", "x");
        assertSysctlRefused(own, "net..", "x");
        assertSysctlRefused(own, "net.ipv4.ip_forward\0", "1");
        assertSysctlRefused(own, "vm.overcommit_memory", "1");
        assertSysctlRefused(own, "kernel.shm_next_id", "1");
        assertSysctlRefused(hosts, "net.ipv4.ip_forward", "1");
        assertSysctlRefused(hosts, "net/ipv4/ip_forward", "1");
        assertSysctlRefused(hosts, "kernel.shmmax", "1");
        assertSysctlRefused(hosts, "fs.mqueue.msg_max", "1");
        assertThat(settings()).isEqualTo(before);
    }

    private static void assertSysctlRefused(NamespaceOption namespaces, String key, String value) {
        PodSandboxConfig.Builder pod = node.pod("sysctl");
        if (namespaces.getNetwork() == NamespaceMode.NODE) {
            pod.clearHostname();
        }
        pod.setLinux(
                LinuxPodSandboxConfig.newBuilder()
                        .putSysctls(key, value)
                        .setSecurityContext(
                                LinuxSandboxSecurityContext.newBuilder()
                                        .setNamespaceOptions(namespaces)));
        StatusRuntimeException error =
                catchThrowableOfType(
                        StatusRuntimeException.class, () -> node.kubelet().runPod(pod.build()));
        assertThat(error).as("refusal of " + key + "=" + value).isNotNull();
        assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    private static String settings() throws IOException {
        StringBuilder all = new StringBuilder();
        for (String name :
                List.of(
                        "kernel/core_pattern",
                        "kernel/shm_rmid_forced",
                        "kernel/shmmax",
                        "fs/mqueue/msg_max",
                        "vm/overcommit_memory",
                        "net/ipv4/ip_forward")) {
            all.append(Files.readString(Path.of("/proc/sys", name)));
        }
        return all.toString();
    }

    private static String run(LinuxContainerSecurityContext security) {
        PodSandboxConfig pod = pod(LinuxSandboxSecurityContext.newBuilder());
        String podId = node.kubelet().runPod(pod);
        return node.kubelet().run(podId, pod, container(security));
    }

    /** With what the daemon does by itself. */
    private static String runWithoutContext() {
        PodSandboxConfig pod = node.pod("plain").build();
        ContainerConfig container = node.container("plain", "sleep", "1000").build();
        return node.kubelet().run(node.kubelet().runPod(pod), pod, container);
    }

    private static PodSandboxConfig pod(LinuxSandboxSecurityContext.Builder security) {
        return node.pod("confined")
                .setLinux(LinuxPodSandboxConfig.newBuilder().setSecurityContext(security))
                .build();
    }

    private static ContainerConfig container(LinuxContainerSecurityContext security) {
        return node.container("confined", "sleep", "1000")
                .setLinux(LinuxContainerConfig.newBuilder().setSecurityContext(security))
                .build();
    }

    private static String out(String id, String script) {
        return node.kubelet().exec(id, "sh", "-c", script).getStdout().toStringUtf8().strip();
    }
}
