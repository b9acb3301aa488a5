package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.ReopenContainerLogRequest;
import carafe.testkit.client.LogLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What a container prints is in its log file, in kubelet's format. */
@Timeout(60)
@ParameterizedClass
@MethodSource("carafe.e2e.RuntimeHandlers#all")
final class LogIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int PART_BYTES = 16 * 1024;

    @RegisterExtension static final Node node = RuntimeHandlers.node();

    LogIT(String handler) {
        node.use(handler);
    }

    @Test
    void bothStreamsWithTimesAndAnUnfinishedLastLine() throws IOException, InterruptedException {
        Instant before = Instant.now();
        PodSandboxConfig pod = run("echo one; echo two >&2; printf 'no end'");

        List<LogLine> lines = LogLine.readAll(Node.log(pod, "log"));

        assertThat(lines).hasSize(3);
        assertThat(LogLine.texts(Node.log(pod, "log"), "stdout")).containsExactly("one", "no end");
        assertThat(LogLine.texts(Node.log(pod, "log"), "stderr")).containsExactly("two");
        assertThat(lines).allMatch(line -> !line.time().isBefore(before.minusSeconds(1)));
    }

    @Test
    void aLongLineIsSplitIntoPartsThatJoinAgain() throws IOException, InterruptedException {
        PodSandboxConfig pod = run("head -c 100000 /dev/zero | tr '\\0' x; echo; echo after");

        List<LogLine> lines = LogLine.readAll(Node.log(pod, "log"));

        assertThat(lines).allMatch(line -> line.text().length() <= PART_BYTES);
        assertThat(lines.getFirst().whole()).isFalse();
        assertThat(LogLine.texts(Node.log(pod, "log"), "stdout"))
                .containsExactly("x".repeat(100_000), "after");
    }

    @Test
    void tenMegabytesArriveWhole() throws IOException, InterruptedException {
        PodSandboxConfig pod =
                run(
                        "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); echo \"line $i of ten megabytes"
                                + " of text, which is a hundred bytes a line, more or less, as they come\";"
                                + " done");

        List<String> texts = LogLine.texts(Node.log(pod, "log"), "stdout");

        assertThat(texts).hasSize(100_000);
        assertThat(texts.getLast()).startsWith("line 100000 ");
    }

    @Test
    void rotationLosesNothing() throws IOException, InterruptedException {
        PodSandboxConfig pod = node.pod("rotated").build();
        String podId = node.kubelet().runPod(pod);
        String script =
                "trap 'exit 0' TERM; n=0; while :; do n=$((n+1)); echo $n; [ $((n%50)) -eq 0 ] &&"
                        + " usleep 5000; done";
        String id =
                node.kubelet().run(podId, pod, node.container("log", "sh", "-c", script).build());
        Path log = Node.log(pod, "log");
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Thread.sleep(200);
            Path rotated = log.resolveSibling("log.log.2026-0" + i);
            Files.move(log, rotated);
            files.add(rotated);
            node.client()
                    .runtime()
                    .reopenContainerLog(
                            ReopenContainerLogRequest.newBuilder().setContainerId(id).build());
            assertThat(log).as("after the reopen call").exists();
        }
        node.kubelet().stop(id, 10);
        files.add(log);

        int expected = 0;
        for (Path file : files) {
            for (String text : LogLine.texts(file, "stdout")) {
                expected++;
                assertThat(text).isEqualTo(Integer.toString(expected));
            }
        }
        assertThat(expected).isGreaterThan(1000);
    }

    private static PodSandboxConfig run(String script) throws InterruptedException {
        PodSandboxConfig pod = node.pod("log").build();
        String podId = node.kubelet().runPod(pod);
        String id =
                node.kubelet().run(podId, pod, node.container("log", "sh", "-c", script).build());
        assertThat(node.kubelet().awaitExit(id, SOON).getExitCode()).isZero();
        return pod;
    }
}
