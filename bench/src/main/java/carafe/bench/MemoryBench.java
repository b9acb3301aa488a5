package carafe.bench;

import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.ReopenContainerLogRequest;
import carafe.testkit.client.Kubelet;
import carafe.testkit.daemon.Instance;
import carafe.testkit.daemon.ShimProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What containers cost beside themselves: each made from a 100 KiB config.json, then 10 MB of log,
 * one rotation and 50 execs; then the PSS of all shim processes, and their CPU time at rest.
 */
final class MemoryBench {
    private static final int CONTAINERS = 100;
    private static final int CONTAINERS_PER_POD = 10;
    private static final int EXECS = 50;
    private static final int CONFIG_BYTES = 100 * 1024;
    private static final long LOG_BYTES = 10_000_000;
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final Duration LOG_DEADLINE = Duration.ofMinutes(1);

    private final BenchNode node;
    private final Instance instance;
    private final PrintStream out;

    MemoryBench(BenchNode node, Instance instance, PrintStream out) {
        this.node = node;
        this.instance = instance;
        this.out = out;
    }

    private record Member(String id, Path log) {}

    void run() throws IOException, InterruptedException {
        List<String> pods = new ArrayList<>();
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < CONTAINERS / CONTAINERS_PER_POD; i++) {
            PodSandboxConfig pod = node.pod("memory-" + i);
            String podId = node.kubelet().runPod(pod);
            pods.add(podId);
            for (int j = 0; j < CONTAINERS_PER_POD; j++) {
                members.add(start(pod, podId, "c" + j));
            }
        }
        for (Member member : members) {
            work(member);
        }
        report();
        for (String podId : pods) {
            node.kubelet().stopPod(podId);
            node.kubelet().removePod(podId);
        }
    }

    private Member start(PodSandboxConfig pod, String podId, String name) {
        String script =
                "yes 'a line of a log that is worth nothing, fifty bytes' | head -c "
                        + LOG_BYTES
                        + "; exec sleep 100000";
        ContainerConfig container =
                node.container(name, "sh", "-c", script)
                        .putAnnotations("big", "x".repeat(CONFIG_BYTES))
                        .build();
        String id = node.kubelet().run(podId, pod, container);
        return new Member(id, Path.of(pod.getLogDirectory(), name + ".log"));
    }

    private void work(Member member) throws IOException, InterruptedException {
        long end = System.nanoTime() + LOG_DEADLINE.toNanos();
        while (Files.size(member.log()) < LOG_BYTES) {
            if (System.nanoTime() > end) {
                throw new IOException(member.log() + " has not grown to its size");
            }
            Thread.sleep(20);
        }
        Files.delete(member.log());
        node.client()
                .runtime()
                .reopenContainerLog(
                        ReopenContainerLogRequest.newBuilder().setContainerId(member.id()).build());
        Kubelet kubelet = node.kubelet();
        for (int i = 0; i < EXECS; i++) {
            kubelet.exec(member.id(), "true");
        }
    }

    private void report() throws IOException, InterruptedException {
        Thread.sleep(1000);
        List<ShimProcess> shims = ShimProcess.of(instance);
        long pssKiB = shims.stream().mapToLong(ShimProcess::pssKiB).sum();
        long ticks = shims.stream().mapToLong(ShimProcess::cpuTicks).sum();
        long wakeUps = shims.stream().mapToLong(ShimProcess::voluntarySwitches).sum();
        Thread.sleep(IDLE);
        long idleTicks = shims.stream().mapToLong(ShimProcess::cpuTicks).sum() - ticks;
        long idleWakeUps = shims.stream().mapToLong(ShimProcess::voluntarySwitches).sum() - wakeUps;
        out.printf(
                Locale.ROOT,
                "%d containers, %d shim processes: %.3f MB PSS per container (at most 0.5)%n",
                CONTAINERS,
                shims.size(),
                pssKiB / 1024.0 / CONTAINERS);
        out.printf(
                Locale.ROOT,
                "all shims in %d s of rest: %d ms CPU, %d wake-ups%n",
                IDLE.toSeconds(),
                idleTicks * 10,
                idleWakeUps);
    }
}
