package carafe.bench;

import carafe.proto.cri.PodSandboxConfig;
import carafe.testkit.client.Kubelet;
import java.io.PrintStream;
import java.time.Duration;

/**
 * ExecSync of {@code true}: in a loop, which also compiles what runs hot in both JVMs, as on a node
 * that has probed for some minutes; then with a second of rest between the calls, as probes come.
 * The rest matters: what a call costs at rest, a loop hides.
 */
final class ExecBench {
    private static final int RESTED_CALLS = 30;
    private static final int LOOP_CALLS = 6000;
    private static final Duration REST = Duration.ofSeconds(1);

    private final BenchNode node;
    private final PrintStream out;

    ExecBench(BenchNode node, PrintStream out) {
        this.node = node;
        this.out = out;
    }

    void run() throws Exception {
        Kubelet kubelet = node.kubelet();
        PodSandboxConfig pod = node.pod("exec");
        String podId = kubelet.runPod(pod);
        String id = kubelet.run(podId, pod, node.container("exec", "sleep", "100000").build());
        Times loop = new Times("ExecSync true, in a loop");
        Times rested = new Times("ExecSync true, 1 s between calls");
        Times usual = new Times("  the same by gRPC Java's own client");
        try (Prober prober = Prober.of(node.socket(), id)) {
            for (int i = 0; i < LOOP_CALLS; i++) {
                loop.measure(() -> prober.probe());
            }
            for (int i = 0; i < RESTED_CALLS; i++) {
                Thread.sleep(REST);
                rested.measure(() -> prober.probe());
            }
        }
        for (int i = 0; i < LOOP_CALLS; i++) {
            exec(kubelet, id);
        }
        for (int i = 0; i < RESTED_CALLS; i++) {
            Thread.sleep(REST);
            usual.measure(() -> exec(kubelet, id));
        }
        kubelet.stopPod(podId);
        kubelet.removePod(podId);
        out.println(loop.row());
        out.println(rested.row());
        out.println(usual.row());
    }

    private static void exec(Kubelet kubelet, String id) {
        if (kubelet.exec(id, "true").getExitCode() != 0) {
            throw new IllegalStateException("true has failed");
        }
    }
}
