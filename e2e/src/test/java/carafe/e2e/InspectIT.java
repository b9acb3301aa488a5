package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.ContainerState;
import carafe.proto.cri.ImageSpec;
import carafe.proto.cri.ImageStatusRequest;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.PodSandboxStatusRequest;
import carafe.proto.cri.PodSandboxStatusResponse;
import carafe.proto.cri.RuntimeCondition;
import carafe.proto.cri.StatusRequest;
import carafe.proto.cri.StatusResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What verbose answers tell, which crictl's inspect commands print. */
@Timeout(60)
final class InspectIT {
    private static final JsonMapper JSON = new JsonMapper();

    @RegisterExtension static final Node node = new Node();

    @Test
    void aContainersProcessSpecificationAndPlacesAreTold() throws Exception {
        PodSandboxConfig pod = node.pod("seen").build();
        String podId = node.kubelet().runPod(pod);
        String id =
                node.kubelet()
                        .run(
                                podId,
                                pod,
                                node.container("c", "sleep", "96").putLabels("k", "v").build());

        JsonNode info = JSON.readTree(node.kubelet().verboseStatus(id).getInfoOrThrow("info"));

        assertThat(info.get("pid").asLong())
                .isEqualTo(HostProcess.find(node.instance(), "sleep", "96").pid());
        assertThat(info.get("sandboxID").asString()).isEqualTo(podId);
        assertThat(info.at("/runtimeSpec/process/args/1").asString()).isEqualTo("96");
        assertThat(info.at("/config/metadata/name").asString()).isEqualTo("c");
        assertThat(info.at("/config/labels/k").asString()).isEqualTo("v");
        assertThat(Path.of(info.get("bundle").asString()).resolve("config.json")).isRegularFile();
        assertThat(info.get("cgroup").asString()).contains(id);
    }

    @Test
    void aPodsHolderAndNamespacesAreToldWithItsContainers() throws Exception {
        PodSandboxConfig pod = node.pod("seen").build();
        String podId = node.kubelet().runPod(pod);
        String id = node.kubelet().create(podId, pod, node.container("c", "true").build());

        PodSandboxStatusResponse answer =
                node.client()
                        .runtime()
                        .podSandboxStatus(
                                PodSandboxStatusRequest.newBuilder()
                                        .setPodSandboxId(podId)
                                        .setVerbose(true)
                                        .build());

        JsonNode info = JSON.readTree(answer.getInfoOrThrow("info"));
        assertThat(ProcessHandle.of(info.get("pid").asLong())).isPresent();
        assertThat(Files.readSymbolicLink(Path.of(info.at("/namespaces/net").asString())))
                .isNotEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/net")));
        assertThat(info.at("/config/hostname").asString()).isEqualTo("seen");
        assertThat(info.at("/config/log_directory").asString()).isEqualTo(pod.getLogDirectory());
        assertThat(answer.getTimestamp()).isPositive();
        assertThat(answer.getContainersStatusesList())
                .singleElement()
                .satisfies(status -> {
                    assertThat(status.getId()).isEqualTo(id);
                    assertThat(status.getState()).isEqualTo(ContainerState.CONTAINER_CREATED);
                });
    }

    @Test
    void anImagesConfigurationIsTold() throws Exception {
        String info =
                node.client()
                        .images()
                        .imageStatus(
                                ImageStatusRequest.newBuilder()
                                        .setImage(
                                                ImageSpec.newBuilder()
                                                        .setImage(node.images().tools()))
                                        .setVerbose(true)
                                        .build())
                        .getInfoOrThrow("info");

        JsonNode tree = JSON.readTree(info);
        assertThat(tree.at("/imageSpec/config/WorkingDir").asString()).isEqualTo("/root");
        assertThat(tree.get("chainIds").size()).isEqualTo(6);
    }

    @Test
    void theRuntimeTellsItsConfigurationHandlersAndFeatures() throws Exception {
        StatusResponse status = verboseStatus();

        JsonNode config = JSON.readTree(status.getInfoOrThrow("config"));
        assertThat(config.get("stateDir").asString()).isEqualTo(node.instance().state().toString());
        assertThat(config.at("/settings/cgroup/shims").asString())
                .isEqualTo(node.instance().shimsCgroup());
        assertThat(status.getRuntimeHandlersList())
                .extracting(each -> each.getName())
                .startsWith("")
                .doesNotHaveDuplicates();
        assertThat(status.getRuntimeHandlers(0).getFeatures().getRecursiveReadOnlyMounts())
                .as("since Linux 5.12")
                .isTrue();
        assertThat(status.getFeatures().getSupplementalGroupsPolicy()).isTrue();
        assertThat(status.getFeatures().getMountOptions()).isTrue();
    }

    @Test
    void aStateDirectoryThatCannotBeWrittenIsTold() throws Exception {
        assertThat(runtimeReady(verboseStatus()).getStatus()).isTrue();
        Path state = node.instance().root();
        Path away = state.resolveSibling("root-away");
        Files.move(state, away);
        Files.createFile(
                state,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r--------")));
        try {
            RuntimeCondition condition = runtimeReady(verboseStatus());
            long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (condition.getStatus()) {
                assertThat(System.nanoTime()).as("noticed in time").isLessThan(end);
                Thread.sleep(100);
                condition = runtimeReady(verboseStatus());
            }
            assertThat(condition.getReason()).isEqualTo("StateNotWritable");
            assertThat(condition.getMessage()).contains(state.toString());
        } finally {
            Files.delete(state);
            Files.move(away, state);
        }
    }

    private static RuntimeCondition runtimeReady(StatusResponse status) {
        return status.getStatus().getConditionsList().stream()
                .filter(each -> each.getType().equals("RuntimeReady"))
                .findFirst()
                .orElseThrow();
    }

    private static StatusResponse verboseStatus() {
        return node.client().runtime().status(StatusRequest.newBuilder().setVerbose(true).build());
    }
}
