package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.testkit.crictl.Crictl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a user types: a pod's whole life by the crictl program. Skipped when it is not there. */
@Timeout(180)
final class CrictlFlowIT {
    @RegisterExtension static final Node node = new Node();

    private Crictl crictl = new Crictl(Path.of("/"), Path.of("/"), Path.of("/"));

    @BeforeEach
    void findCrictl() {
        Optional<Path> program = Crictl.find();
        Assumptions.assumeTrue(
                program.isPresent(),
                "crictl is not on the PATH; get it from https://github.com/kubernetes-sigs/cri-tools");
        crictl =
                new Crictl(
                        program.orElseThrow(), node.instance().socket(), node.instance().scratch());
    }

    @Test
    void drivesAPodFromPullToRemoval() throws IOException, InterruptedException {
        String image = node.images().registry().reference("debian/small:1");
        assertThat(crictl.ok("pull", image)).contains("Image is up to date for sha256:");
        assertThat(crictl.ok("images", "-o", "json")).contains("\"" + image + "\"");
        assertThat(crictl.ok("inspecti", image)).contains("\"" + image + "\"");

        Path podFile = writePod();
        String pod = crictl.ok("runp", podFile.toString());
        assertThat(crictl.ok("pods", "-q", "--no-trunc", "--state", "ready")).isEqualTo(pod);

        Path containerFile = writeContainer(image);
        String container =
                crictl.ok("create", "--no-pull", pod, containerFile.toString(), podFile.toString());
        assertThat(crictl.ok("ps", "-q", "--no-trunc", "--state", "created")).isEqualTo(container);
        crictl.ok("start", container);
        assertThat(crictl.ok("ps", "-q", "--no-trunc")).isEqualTo(container);
        awaitLog(container, "said 3");
        assertThat(crictl.ok("logs", container)).isEqualTo("said 1\nsaid 2\nsaid 3");

        assertExec(container);

        crictl.ok("stop", "-t", "2", container);
        assertThat(crictl.ok("ps", "-q", "--no-trunc", "--state", "exited")).isEqualTo(container);
        assertThat(crictl.ok("inspect", container)).contains("\"exitCode\": 5");
        crictl.ok("rm", container);
        assertThat(crictl.ok("ps", "-aq")).isEmpty();
        crictl.ok("stopp", pod);
        assertThat(crictl.ok("pods", "-q", "--no-trunc", "--state", "notready")).isEqualTo(pod);
        crictl.ok("rmp", pod);
        assertThat(crictl.ok("pods", "-q")).isEmpty();
        crictl.ok("rmi", image);
        assertThat(crictl.ok("images", "-o", "json")).doesNotContain("\"" + image + "\"");
    }

    @Test
    void tellsVersionAndConditions() throws IOException, InterruptedException {
        assertThat(crictl.ok("version")).contains("RuntimeApiVersion:  v1");
        assertThat(crictl.ok("info")).contains("RuntimeReady").contains("NetworkReady");
        assertThat(crictl.ok("imagefsinfo")).contains("\"mountpoint\"");
    }

    private void assertExec(String container) throws IOException, InterruptedException {
        assertThat(crictl.ok("exec", "-s", container, "sh", "-c", "echo to out; echo to err >&2"))
                .contains("to out\n")
                .contains("to err");
        Crictl.Result failed =
                crictl.run("exec", "-s", container, "sh", "-c", "echo said before >&2; exit 3");
        assertThat(failed.exitCode()).isNotZero();
        assertThat(failed.stderr()).contains("exited with 3").contains("said before");
    }

    private void awaitLog(String container, String line) throws IOException, InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!crictl.ok("logs", container).contains(line)) {
            assertThat(System.nanoTime()).as("log line %s in time", line).isLessThan(end);
            Thread.sleep(50);
        }
    }

    private Path writePod() throws IOException {
        Path file = node.instance().scratch().resolve("pod.json");
        Files.writeString(
                file,
                """
                {"metadata": {"name": "flow", "namespace": "e2e", "uid": "flow-1", "attempt": 1},
                 "log_directory": "%s", "linux": {}}
                """
                        .formatted(node.instance().logs().resolve("flow")));
        return file;
    }

    private Path writeContainer(String image) throws IOException {
        Path file = node.instance().scratch().resolve("container.json");
        Files.writeString(
                file,
                """
                {"metadata": {"name": "talker"}, "image": {"image": "%s"},
                 "command": ["sh", "-c", "trap 'exit 5' TERM; for i in 1 2 3; do echo said $i; done; while :; do sleep 0.1; done"],
                 "log_path": "talker.log", "linux": {}}
                """
                        .formatted(image));
        return file;
    }
}
