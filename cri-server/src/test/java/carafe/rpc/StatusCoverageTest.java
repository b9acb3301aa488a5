package carafe.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.LinuxContainerResources;
import carafe.runtime.api.NamespaceModes;
import carafe.runtime.api.Resources;
import carafe.runtime.api.SandboxStatus;
import carafe.runtime.api.SandboxView;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every field of an answer comes from the domain, except those named here with their reason. */
class StatusCoverageTest {
    @Test
    void everyFieldOfAContainersStatusIsFilled() {
        assertThat(FieldSamples.unset(ContainerMessages.status(Samples.containerStatus())))
                // Windows; and image_ref of the spec, which belongs to mounts of images
                .containsExactlyInAnyOrder("resources.windows", "image.image_ref");
    }

    @Test
    void everyFieldOfAMountIsFilled() {
        assertThat(
                        FieldSamples.unset(
                                ContainerMessages.status(Samples.containerStatus()).getMounts(0)))
                .containsExactly("image.image_ref");
    }

    @Test
    void everyFieldOfAContainerInAListIsFilled() {
        assertThat(FieldSamples.unset(ContainerMessages.item(Samples.containerStatus().view())))
                .containsExactly("image.image_ref");
    }

    @Test
    void everyFieldOfAPodsStatusIsFilled() {
        assertThat(FieldSamples.unset(SandboxMessages.status(Samples.sandboxStatus()))).isEmpty();
    }

    @Test
    void everyFieldOfAPodInAListIsFilled() {
        assertThat(FieldSamples.unset(SandboxMessages.item(Samples.sandboxStatus().view())))
                .isEmpty();
    }

    @Test
    void theFirstAddressIsThePodsAndTheOthersFollow() {
        carafe.proto.cri.PodSandboxStatus status = SandboxMessages.status(Samples.sandboxStatus());
        assertThat(status.getNetwork().getIp()).isEqualTo("10.1.2.3");
        assertThat(status.getNetwork().getAdditionalIps(0).getIp()).isEqualTo("fd00::3");
    }

    @Test
    void aPodOnTheNodesNetworkHasNoAddress() {
        SandboxView view = Samples.sandboxStatus().view();
        SandboxStatus status =
                new SandboxStatus(
                        view,
                        List.of(),
                        NamespaceModes.ofPod(),
                        0,
                        "",
                        Resources.NONE,
                        Resources.NONE,
                        List.of());
        assertThat(SandboxMessages.status(status).getNetwork().getIp()).isEmpty();
    }

    @Test
    void limitsSurviveThereAndBack() {
        Resources resources = Samples.containerStatus().resources();
        LinuxContainerResources message = ResourceMessages.toProto(resources);
        assertThat(ResourceMessages.fromProto(message)).isEqualTo(resources);
        assertThat(FieldSamples.unset(message)).isEmpty();
    }

    @Test
    void namespacesSurviveThereAndBack() {
        NamespaceModes modes = Samples.sandboxStatus().namespaces();
        assertThat(NamespaceMessages.fromProto(NamespaceMessages.toProto(modes))).isEqualTo(modes);
    }
}
