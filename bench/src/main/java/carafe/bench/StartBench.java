package carafe.bench;

import carafe.proto.cri.PodSandboxConfig;
import carafe.testkit.client.Kubelet;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

/** The life of a pod with one container, call by call. */
final class StartBench {
    private static final int WARM_UPS = 10;
    private static final int ROUNDS = 50;
    private static final Duration REST = Duration.ofMillis(100);

    private final BenchNode node;
    private final PrintStream out;

    StartBench(BenchNode node, PrintStream out) {
        this.node = node;
        this.out = out;
    }

    private record Calls(
            Times runPod, Times create, Times start, Times stop, Times remove, Times removePod) {
        Calls() {
            this(
                    new Times("RunPodSandbox"),
                    new Times("CreateContainer"),
                    new Times("StartContainer"),
                    new Times("StopContainer (ends on SIGTERM)"),
                    new Times("RemoveContainer"),
                    new Times("StopPodSandbox + RemovePodSandbox"));
        }

        List<Times> all() {
            return List.of(runPod, create, start, stop, remove, removePod);
        }
    }

    void run() throws Exception {
        Calls ignored = new Calls();
        for (int i = 0; i < WARM_UPS; i++) {
            round("warm-up-" + i, ignored);
        }
        Calls calls = new Calls();
        for (int i = 0; i < ROUNDS; i++) {
            Thread.sleep(REST);
            round("start-" + i, calls);
        }
        calls.all().forEach(times -> out.println(times.row()));
    }

    private void round(String name, Calls calls) throws Exception {
        Kubelet kubelet = node.kubelet();
        PodSandboxConfig pod = node.pod(name);
        String[] ids = new String[2];
        calls.runPod().measure(() -> ids[0] = kubelet.runPod(pod));
        // An init that ends on SIGTERM, so that stop is measured and not the grace period.
        String script = "trap 'exit 0' TERM; while :; do sleep 1000 & wait; done";
        calls.create()
                .measure(() ->
                        ids[1] =
                                kubelet.create(
                                        ids[0],
                                        pod,
                                        node.container("c", "sh", "-c", script).build()));
        calls.start().measure(() -> kubelet.start(ids[1]));
        Thread.sleep(50);
        calls.stop().measure(() -> kubelet.stop(ids[1], 10));
        calls.remove().measure(() -> kubelet.remove(ids[1]));
        calls.removePod()
                .measure(() -> {
                    kubelet.stopPod(ids[0]);
                    kubelet.removePod(ids[0]);
                });
    }
}
