package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.PodSandboxConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** What {@code carafe debug} tells of a running daemon, and its log in JSON. */
@Timeout(60)
final class DebugIT {
    @RegisterExtension
    static final Node node =
            new Node(instance -> {
                Path config = instance.dir().resolve("config.toml");
                Files.writeString(config, "[log]\nformat = \"json\"\n");
                return List.of("--config", config.toString());
            });

    @Test
    void operationsObjectsAndStacksAreShownAndTheLogsLevelChanges() throws Exception {
        PodSandboxConfig pod = node.pod("debug").build();
        String podId = node.kubelet().runPod(pod);
        String script = "trap '' TERM; while :; do sleep 0.1; done";
        String id = node.kubelet().run(podId, pod, node.container("c", "sh", "-c", script).build());
        Thread stop = Thread.ofPlatform().daemon().start(() -> node.kubelet().stop(id, 20));

        JsonNode pending = new ObjectMapper().readTree(debug("operations"));
        for (int i = 0; i < 40 && !text(pending).contains("container.stop"); i++) {
            pending = new ObjectMapper().readTree(debug("operations"));
        }
        assertThat(text(pending)).contains("StopContainer", "container.stop", id, "\"signal\"");
        assertThat(debug("stacks")).contains("stop " + id, "StopContainer.awaitGrace");

        JsonNode container = new ObjectMapper().readTree(debug("object", id.substring(0, 12)));
        assertThat(container.path("shim").path("says").asString()).contains("RUNNING");
        assertThat(container.path("shim").path("init").path("alive").asBoolean()).isTrue();
        assertThat(container.path("cgroup").path("pids").size()).isPositive();
        JsonNode shown = new ObjectMapper().readTree(debug("object", podId));
        assertThat(shown.path("phase").asString()).isEqualTo("READY");
        assertThat(shown.path("containers").path(id).asString()).startsWith("Running");

        node.kubelet().exec(id, "true");
        assertThat(node.daemon().log()).doesNotContain("\"rpc\":\"ExecSync\"");
        assertThat(debug("log-level", "trace")).isEqualTo("log level is now trace");
        node.kubelet().exec(id, "true");
        assertThat(debug("log-level", "info")).isEqualTo("log level is now info");
        List<String> lines =
                node.daemon().log().lines().filter(line -> !line.startsWith("carafe ")).toList();
        for (String line : lines) {
            assertThat(new ObjectMapper().readTree(line).path("message").asString(""))
                    .as(line)
                    .isNotBlank();
        }
        assertThat(node.daemon().log()).contains("\"rpc\":\"ExecSync\"");
        node.kubelet().stop(id, 0);
        stop.join(TimeUnit.SECONDS.toMillis(20));
    }

    private static String text(JsonNode json) {
        return json.toString();
    }

    private static String debug(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("./carafe", "debug"));
        command.addAll(List.of(words));
        command.add("--socket=" + node.instance().socket());
        Process process =
                new ProcessBuilder(command)
                        .directory(Path.of("..").toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", command, said).isZero();
        return said.strip();
    }
}
