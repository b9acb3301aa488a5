package carafe.linux.features;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.linux.KernelCalls;
import carafe.linux.cgroup.CgroupLayout;
import carafe.linux.cgroup.Controller;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelFeaturesTest {
    private static final CgroupLayout V2 =
            new CgroupLayout(
                    Map.of(),
                    Optional.of(Path.of("/sys/fs/cgroup")),
                    Set.of(
                            Controller.CPU,
                            Controller.CPUSET,
                            Controller.MEMORY,
                            Controller.PIDS,
                            Controller.HUGETLB));

    /** A machine on which all is well, to be spoilt by a test. */
    private static final class Machine implements MachineFacts {
        private final Map<String, String> files = new HashMap<>();
        private final Set<KernelCalls.Call> unknown = EnumSet.noneOf(KernelCalls.Call.class);

        Machine() {
            files.put("/proc/sys/kernel/osrelease", "6.18.44-generic");
            files.put("/proc/filesystems", "nodev\tproc\nnodev\toverlay\n\text4");
            files.put("/proc/sys/vm/memfd_noexec", "0");
            files.put(
                    "/proc/sys/kernel/seccomp/actions_avail",
                    "kill_process kill_thread trap errno user_notif trace log allow");
            files.put("/proc/sys/user/max_user_namespaces", "15000");
            files.put("/proc/self/ns/user", "");
            files.put("/sys/module/apparmor/parameters/enabled", "Y");
            files.put("/sys/fs/selinux/enforce", "1");
            files.put("/proc/self/status", "Name:\tx\nCapEff:\t000001ffffffffff\n");
            files.put("/proc/pressure/memory", "");
        }

        @Override
        public Optional<String> file(String path) {
            return Optional.ofNullable(files.get(path));
        }

        @Override
        public boolean exists(String path) {
            return files.containsKey(path);
        }

        @Override
        public boolean knows(KernelCalls.Call call) {
            return !unknown.contains(call);
        }
    }

    private static Feature find(List<Feature> features, String name) {
        return features.stream().filter(f -> f.name().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void aGoodMachineHasEverything() {
        assertThat(KernelFeatures.probe(new Machine(), V2))
                .allSatisfy(f -> assertThat(f.verdict()).isEqualTo(Feature.Verdict.PRESENT))
                .hasSizeGreaterThan(20);
    }

    @ParameterizedTest
    @CsvSource({
        "/proc/sys/kernel/osrelease, 5.10.0, kernel, MISSING",
        "/proc/sys/kernel/osrelease, 6.1.0-18-amd64, overlay lowerdir+, DEGRADED",
        "/proc/sys/kernel/osrelease, 5.15.0, idmapped layers, DEGRADED",
        "/proc/filesystems, ext4, overlayfs, MISSING",
        "/proc/sys/vm/memfd_noexec, 2, executable memfd, MISSING",
        "/proc/sys/kernel/seccomp/actions_avail, allow, seccomp, MISSING",
        "/proc/sys/user/max_user_namespaces, 0, user namespaces, DEGRADED",
        "/sys/module/apparmor/parameters/enabled, N, apparmor, DEGRADED",
        "/proc/self/status, CapEff:\t000001fffeffffff, capabilities, DEGRADED",
        "/proc/self/status, CapEff:\t000001fffff7ffff, capabilities, DEGRADED",
        "/proc/self/status, CapEff:\t000001ffffdfffff, capabilities, MISSING",
        "/proc/self/status, CapEff:\t0000000000000000, capabilities, MISSING"
    })
    void whatIsMissingIsExplained(
            String file, String content, String feature, Feature.Verdict verdict) {
        Machine machine = new Machine();
        machine.files.put(file, content);
        Feature found = find(KernelFeatures.probe(machine, V2), feature);
        assertThat(found.verdict()).isEqualTo(verdict);
        assertThat(found.follows()).isNotEmpty();
        assertThat(found.fix()).isNotEmpty();
    }

    @Test
    void aMissingCapabilityIsNamed() {
        Machine machine = new Machine();
        machine.files.put("/proc/self/status", "CapEff:\t000001fffeffffff");
        assertThat(find(KernelFeatures.probe(machine, V2), "capabilities"))
                .satisfies(f -> {
                    assertThat(f.detail()).isEqualTo("missing CAP_SYS_RESOURCE");
                    assertThat(f.follows()).contains("oom_score_adj");
                });
    }

    @Test
    void everyMissingCallIsFatal() {
        for (KernelCalls.Call call : KernelCalls.Call.values()) {
            Machine machine = new Machine();
            machine.unknown.add(call);
            String name = call.name().toLowerCase(java.util.Locale.ROOT);
            assertThat(find(KernelFeatures.probe(machine, V2), name).verdict())
                    .isEqualTo(Feature.Verdict.MISSING);
        }
    }

    @Test
    void cgroupsWithoutControllersAreExplained() {
        CgroupLayout hugetlbOnly =
                new CgroupLayout(
                        Map.of(),
                        Optional.of(Path.of("/sys/fs/cgroup")),
                        Set.of(Controller.HUGETLB));
        List<Feature> features = KernelFeatures.probe(new Machine(), hugetlbOnly);
        assertThat(find(features, "cgroup memory").verdict()).isEqualTo(Feature.Verdict.DEGRADED);
        assertThat(find(features, "cgroup hugetlb").verdict()).isEqualTo(Feature.Verdict.PRESENT);
    }

    @Test
    void swapMattersOnlyWhereThereIsSome() {
        CgroupLayout v1 =
                new CgroupLayout(
                        Map.of(Controller.MEMORY, Path.of("/sys/fs/cgroup/memory")),
                        Optional.empty(),
                        Set.of());
        Machine machine = new Machine();
        machine.files.put("/proc/swaps", "Filename Type\n");
        assertThat(find(KernelFeatures.probe(machine, v1), "swap accounting").verdict())
                .isEqualTo(Feature.Verdict.PRESENT);
        machine.files.put("/proc/swaps", "Filename Type\n/swap file\n");
        assertThat(find(KernelFeatures.probe(machine, v1), "swap accounting").verdict())
                .isEqualTo(Feature.Verdict.DEGRADED);
    }

    @Test
    void theRunningMachineIsLookedAt() throws Exception {
        assertThat(KernelFeatures.probe(CgroupLayout.read())).hasSizeGreaterThan(20);
        assertThat(KernelCalls.Call.values()).allMatch(KernelCalls::knows);
    }
}
