package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.ContainerState;
import carafe.proto.cri.ContainerStatus;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.PodSandboxState;
import carafe.testkit.client.LogLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The daemon may die at any moment; containers, logs and exit codes do not notice. */
@Timeout(300)
final class DaemonKilledIT {
    private static final int KILLS = 20;
    private static final int LINES_PER_SECOND = 10_000;
    private static final Duration SOON = Duration.ofSeconds(20);

    /**
     * 200 lines, then a hundredth of a second: more than 10,000 lines a second, counted by time.
     */
    private static final String COUNTER =
            """
            n=0
            trap 'echo last $n; exit 0' TERM
            while :; do
                i=0
                while [ $i -lt 200 ]; do n=$((n+1)); echo line $n; i=$((i+1)); done
                usleep 10000
            done
            """;

    @RegisterExtension static final Node node = new Node();

    @Test
    void noLogLineIsLostOrDoubledOverTwentyKills() throws IOException, InterruptedException {
        PodSandboxConfig pod = node.pod("counter").build();
        String podId = node.kubelet().runPod(pod);
        String id =
                node.kubelet()
                        .run(podId, pod, node.container("counter", "sh", "-c", COUNTER).build());
        HostProcess counter = HostProcess.find(node.instance(), "sh", "-c", COUNTER);
        long begin = System.nanoTime();
        for (int i = 0; i < KILLS; i++) {
            // Not always at the same moment of the daemon's life.
            Thread.sleep(50L * (i % 5));
            node.daemon().kill();
            node.daemon().start();
            node.client().reconnectNow();
            assertThat(counter.isAlive()).as("container after kill %d", i + 1).isTrue();
        }
        Duration ran = Duration.ofNanos(System.nanoTime() - begin);
        ContainerStatus running = node.kubelet().status(id);
        assertThat(running.getState()).isEqualTo(ContainerState.CONTAINER_RUNNING);
        assertThat(pidOf(id)).isEqualTo(counter.pid());
        assertThat(node.kubelet().podStatus(podId).getState())
                .isEqualTo(PodSandboxState.SANDBOX_READY);

        node.kubelet().stop(id, 10);

        assertThat(node.kubelet().awaitExit(id, SOON).getExitCode()).isZero();
        long lines = assertSequence(Node.log(pod, "counter"));
        assertThat(lines / Math.max(1, ran.toSeconds()))
                .as("lines per second over %s", ran)
                .isGreaterThanOrEqualTo(LINES_PER_SECOND);
    }

    @Test
    void anExitWhileTheDaemonIsDeadIsKept() throws IOException, InterruptedException {
        PodSandboxConfig pod = node.pod("ends-alone").build();
        String podId = node.kubelet().runPod(pod);
        String script = "while [ ! -e /tmp/end ]; do usleep 10000; done; echo bye; exit 42";
        String id =
                node.kubelet().run(podId, pod, node.container("alone", "sh", "-c", script).build());
        HostProcess process = HostProcess.find(node.instance(), "sh", "-c", script);
        Path end = Path.of("/proc", Long.toString(process.pid()), "root/tmp/end");
        node.daemon().kill();
        Files.createFile(end);
        assertThat(process.endsWithin(SOON)).isTrue();
        node.daemon().start();
        node.client().reconnectNow();

        ContainerStatus status = node.kubelet().status(id);
        assertThat(status.getState()).isEqualTo(ContainerState.CONTAINER_EXITED);
        assertThat(status.getExitCode()).isEqualTo(42);
        assertThat(LogLine.texts(Node.log(pod, "alone"), "stdout")).containsExactly("bye");
    }

    @Test
    void aCreatedContainerCanStillBeStarted() throws IOException, InterruptedException {
        PodSandboxConfig pod = node.pod("created").build();
        String podId = node.kubelet().runPod(pod);
        String id = node.kubelet().create(podId, pod, node.container("late", "true").build());
        node.daemon().kill();
        node.daemon().start();
        node.client().reconnectNow();
        assertThat(node.kubelet().status(id).getState())
                .isEqualTo(ContainerState.CONTAINER_CREATED);

        node.kubelet().start(id);

        assertThat(node.kubelet().awaitExit(id, SOON).getExitCode()).isZero();
    }

    @Test
    void anOrderlyStopSparesContainersToo() throws IOException, InterruptedException {
        PodSandboxConfig pod = node.pod("upgrade").build();
        String podId = node.kubelet().runPod(pod);
        String id =
                node.kubelet().run(podId, pod, node.container("stays", "sleep", "7654").build());
        HostProcess process = HostProcess.find(node.instance(), "sleep", "7654");

        assertThat(node.daemon().stop()).isZero();
        assertThat(process.isAlive()).isTrue();
        node.daemon().start();
        node.client().reconnectNow();

        assertThat(node.kubelet().exec(id, "echo", "still").getStdout().toStringUtf8())
                .isEqualTo("still\n");
        assertThat(pidOf(id)).isEqualTo(process.pid());
    }

    private static long pidOf(String id) {
        String info = node.kubelet().verboseStatus(id).getInfoOrDefault("info", "{}");
        return Long.parseLong(info.replaceFirst("(?s).*\"pid\"\\s*:\\s*(\\d+).*", "$1"));
    }

    /** Checks line 1, 2, 3… up to the last one announced; how many. */
    private static long assertSequence(Path log) throws IOException {
        List<String> texts = LogLine.texts(log, "stdout");
        int expected = 0;
        for (String text : texts.subList(0, texts.size() - 1)) {
            expected++;
            if (!text.equals("line " + expected)) {
                throw new AssertionError("line %d of the log is: %s".formatted(expected, text));
            }
        }
        assertThat(texts.getLast()).isEqualTo("last " + expected);
        return expected;
    }
}
