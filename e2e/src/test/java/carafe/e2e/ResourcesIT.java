package carafe.e2e;

import static carafe.e2e.LimitRequests.MIB;
import static carafe.e2e.LimitRequests.limited;
import static carafe.e2e.LimitRequests.memory;
import static carafe.e2e.LimitRequests.page;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import carafe.proto.cri.LinuxContainerResources;
import carafe.proto.cri.LinuxPodSandboxConfig;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.PodSandboxStatusRequest;
import carafe.proto.cri.UpdateContainerResourcesRequest;
import carafe.proto.cri.UpdatePodSandboxResourcesRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Limits of containers and pods as the kernel has them: set, changed, told, kept. */
@Timeout(180)
final class ResourcesIT {
    @RegisterExtension static final Node node = new Node();

    @Test
    void updateContainerResources() throws IOException, InterruptedException {
        PodSandboxConfig pod = node.pod("update").build();
        String podId = node.kubelet().runPod(pod);
        LinuxContainerResources.Builder first =
                LinuxContainerResources.newBuilder()
                        .setCpuShares(512)
                        .setCpuPeriod(100_000)
                        .setCpuQuota(50_000)
                        .setMemoryLimitInBytes(64 * MIB);
        String created =
                node.kubelet().create(podId, pod, limited(node, "created", first, "sleep", "100"));
        String running =
                node.kubelet().run(podId, pod, limited(node, "running", first, "sleep", "100"));

        for (String id : new String[] {created, running}) {
            CgroupFiles files = CgroupFiles.of(node, id);
            update(
                    id,
                    LinuxContainerResources.newBuilder()
                            .setCpuQuota(25_000)
                            .setCpuShares(2048)
                            .setMemoryLimitInBytes(96 * MIB));
            assertThat(files.value("cpu", "cpu.cfs_quota_us", "cpu.max")).startsWith("25000");
            assertThat(files.value("cpu", "cpu.shares", "cpu.weight")).isIn("2048", "174");
            assertThat(files.value("memory", "memory.limit_in_bytes", "memory.max"))
                    .isEqualTo(String.valueOf(96 * MIB));
            LinuxContainerResources told = told(id);
            assertThat(told.getCpuQuota()).isEqualTo(25_000);
            assertThat(told.getCpuPeriod()).isEqualTo(100_000);
            assertThat(told.getCpuShares()).isEqualTo(2048);
            assertThat(told.getMemoryLimitInBytes()).isEqualTo(96 * MIB);
        }
        refusedUpdateChangesNothing(running);
        node.daemon().kill();
        node.daemon().start();
        node.client().reconnectNow();
        assertThat(told(created).getCpuShares()).isEqualTo(2048);
        update(running, LinuxContainerResources.newBuilder().setCpuQuota(-1));
        assertThat(told(running).getCpuQuota()).isEqualTo(-1);
        assertThat(told(running).getMemoryLimitInBytes()).isEqualTo(96 * MIB);
        node.kubelet().stop(running, 0);
        assertThatThrownBy(
                        () -> update(running, LinuxContainerResources.newBuilder().setCpuShares(2)))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("FAILED_PRECONDITION")
                .hasMessageContaining("ended");
    }

    /** The last of its limits is wrong, so the first ones must be taken back. */
    private static void refusedUpdateChangesNothing(String id) throws IOException {
        CgroupFiles files = CgroupFiles.of(node, id);
        assertThatThrownBy(() ->
                        update(
                                id,
                                LinuxContainerResources.newBuilder()
                                        .setCpuShares(4096)
                                        .setMemoryLimitInBytes(128 * MIB)
                                        .putUnified("no.such_file", "1")))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("no.such_file");
        assertThat(files.value("cpu", "cpu.shares", "cpu.weight")).isIn("2048", "174");
        assertThat(files.value("memory", "memory.limit_in_bytes", "memory.max"))
                .isEqualTo(String.valueOf(96 * MIB));
        assertThat(told(id).getMemoryLimitInBytes()).isEqualTo(96 * MIB);
    }

    @Test
    void updatePodSandboxResources() throws IOException, InterruptedException {
        PodSandboxConfig pod =
                node.pod("pod-update")
                        .setLinux(
                                LinuxPodSandboxConfig.newBuilder()
                                        .setOverhead(memory(16 * MIB))
                                        .setResources(memory(64 * MIB)))
                        .build();
        String podId = node.kubelet().runPod(pod);
        CgroupFiles files = CgroupFiles.of(node.instance().podsCgroup() + "/" + podId);
        assertThat(files.value("memory", "memory.limit_in_bytes", "memory.max"))
                .isEqualTo(String.valueOf(80 * MIB));

        updatePod(podId, memory(128 * MIB).setCpuShares(512));
        assertThat(files.value("memory", "memory.limit_in_bytes", "memory.max"))
                .isEqualTo(String.valueOf(144 * MIB));
        assertThat(files.value("cpu", "cpu.shares", "cpu.weight")).isIn("512", "59");
        node.daemon().kill();
        node.daemon().start();
        node.client().reconnectNow();
        assertThat(verbosePod(podId)).contains("\"memory_limit_in_bytes\":" + 128 * MIB);
        node.kubelet().stopPod(podId);
        assertThatThrownBy(() -> updatePod(podId, memory(MIB)))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("not ready");
    }

    @Test
    void hugepages() throws IOException {
        String id =
                run(
                        LinuxContainerResources.newBuilder()
                                .addHugepageLimits(page("2MB", 4 * MIB))
                                .addHugepageLimits(page("7MB", 0)));

        CgroupFiles files = CgroupFiles.of(node, id);
        String v1 = "hugetlb.2MB.limit_in_bytes";
        assumeTrue(files.has("hugetlb", v1, "hugetlb.2MB.max"), "no hugetlb controller");
        assertThat(files.value("hugetlb", v1, "hugetlb.2MB.max")).isEqualTo("4194304");
        update(id, LinuxContainerResources.newBuilder().addHugepageLimits(page("2MB", 8 * MIB)));
        assertThat(files.value("hugetlb", v1, "hugetlb.2MB.max")).isEqualTo("8388608");
        assertThat(told(id).getHugepageLimitsList()).contains(page("2MB", 8 * MIB).build());
        assertThatThrownBy(() ->
                        update(
                                id,
                                LinuxContainerResources.newBuilder()
                                        .addHugepageLimits(page("7MB", 7 * MIB))))
                .hasMessageContaining("INVALID_ARGUMENT")
                .hasMessageContaining("7MB");
    }

    @Test
    void swap() throws IOException {
        String id = run(memory(32 * MIB));

        CgroupFiles files = CgroupFiles.of(node, id);
        String v1 = "memory.memsw.limit_in_bytes";
        assumeTrue(files.has("memory", v1, "memory.swap.max"), "no swap accounting");
        assertThat(files.value("memory", v1, "memory.swap.max"))
                .as("memory alone allows no swap")
                .isIn(String.valueOf(32 * MIB), "0");
        update(id, memory(32 * MIB).setMemorySwapLimitInBytes(48 * MIB));
        assertThat(files.value("memory", v1, "memory.swap.max"))
                .isIn(String.valueOf(48 * MIB), String.valueOf(16 * MIB));
        assertThat(told(id).getMemorySwapLimitInBytes()).isEqualTo(48 * MIB);
        assertThatThrownBy(() -> update(id, memory(64 * MIB).setMemorySwapLimitInBytes(MIB)))
                .hasMessageContaining("INVALID_ARGUMENT")
                .hasMessageContaining("memory_swap_limit_in_bytes");
    }

    @Test
    void unified() throws IOException {
        String id = run(LinuxContainerResources.newBuilder().putUnified("cgroup.max.depth", "9"));
        CgroupFiles files = CgroupFiles.of(node, id);

        assertThat(files.value("none", "", "cgroup.max.depth")).isEqualTo("9");
        update(id, LinuxContainerResources.newBuilder().putUnified("cgroup.max.depth", "7"));
        assertThat(files.value("none", "", "cgroup.max.depth")).isEqualTo("7");
        assertThat(told(id).getUnifiedMap()).containsEntry("cgroup.max.depth", "7");
        for (String name : new String[] {"no.such_file", "cgroup.procs", "../memory.max"}) {
            assertThatThrownBy(
                            () -> run(LinuxContainerResources.newBuilder().putUnified(name, "1")))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageContaining(name);
        }
    }

    @Test
    void pids() throws IOException {
        String id = run(LinuxContainerResources.newBuilder().putUnified("pids.max", "12"));

        String script = "i=0; while [ $i -lt 40 ]; do sleep 5 & i=$((i+1)); done; jobs | wc -l";
        String out =
                node.kubelet().exec(id, "sh", "-c", script + "; true").getStderr().toStringUtf8();
        assertThat(out).contains("fork");
        assertThat(CgroupFiles.of(node, id).value("pids", "pids.max", "pids.max")).isEqualTo("12");
    }

    @Test
    void cpuset() {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "one processor is no choice");
        String id = run(LinuxContainerResources.newBuilder().setCpusetCpus("1"));

        assertThat(allowed(id)).isEqualTo("1");
        update(id, LinuxContainerResources.newBuilder().setCpusetCpus("0"));
        assertThat(allowed(id)).isEqualTo("0");
        assertThat(told(id).getCpusetCpus()).isEqualTo("0");
        long begin = System.nanoTime();
        for (String wrong : new String[] {"0-4294967295", "900", "x"}) {
            assertThatThrownBy(() ->
                            update(id, LinuxContainerResources.newBuilder().setCpusetCpus(wrong)))
                    .hasMessageContaining("INVALID_ARGUMENT");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
        assertThat(allowed(id)).isEqualTo("0");
    }

    private static String allowed(String id) {
        String script = "sed -n 's/Cpus_allowed_list:[^0-9]*//p' /proc/self/status";
        return node.kubelet().exec(id, "sh", "-c", script).getStdout().toStringUtf8().strip();
    }

    private static String run(LinuxContainerResources.Builder resources) {
        PodSandboxConfig pod = node.pod("limits").build();
        String podId = node.kubelet().runPod(pod);
        return node.kubelet().run(podId, pod, limited(node, "main", resources, "sleep", "100"));
    }

    private static void update(String id, LinuxContainerResources.Builder resources) {
        node.client()
                .runtime()
                .updateContainerResources(
                        UpdateContainerResourcesRequest.newBuilder()
                                .setContainerId(id)
                                .setLinux(resources)
                                .putAnnotations("org.systemd.property.MemoryMax", "infinity")
                                .build());
    }

    private static void updatePod(String id, LinuxContainerResources.Builder resources) {
        node.client()
                .runtime()
                .updatePodSandboxResources(
                        UpdatePodSandboxResourcesRequest.newBuilder()
                                .setPodSandboxId(id)
                                .setResources(resources)
                                .build());
    }

    private static LinuxContainerResources told(String id) {
        return node.kubelet().status(id).getResources().getLinux();
    }

    private static String verbosePod(String id) {
        return node.client()
                .runtime()
                .podSandboxStatus(
                        PodSandboxStatusRequest.newBuilder()
                                .setPodSandboxId(id)
                                .setVerbose(true)
                                .build())
                .getInfoOrThrow("info");
    }
}
