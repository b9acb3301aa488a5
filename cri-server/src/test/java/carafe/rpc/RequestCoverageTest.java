package carafe.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.ContainerMetadata;
import carafe.proto.cri.ImageSpec;
import carafe.proto.cri.LinuxContainerConfig;
import carafe.proto.cri.LinuxContainerSecurityContext;
import carafe.proto.cri.LinuxPodSandboxConfig;
import carafe.proto.cri.LinuxSandboxSecurityContext;
import carafe.proto.cri.NamespaceOption;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.PodSandboxMetadata;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Every field of a request reaches the domain, except those named here with their reason. */
class RequestCoverageTest {
    /** Windows; and what concerns a pause process, which Carafe has not. */
    private static final Set<String> NOT_FOR_SANDBOXES =
            Set.of(
                    "linux.security_context.readonly_rootfs",
                    "linux.security_context.supplemental_groups",
                    "linux.security_context.supplemental_groups_policy");

    /** An answer of the runtime, meaningless in a request. */
    private static final Set<String> NOT_FOR_CONTAINERS =
            Set.of("image.image_ref", "mounts.image.image_ref");

    @Test
    void everyFieldOfASandboxIsTranslated() {
        PodSandboxConfig base =
                PodSandboxConfig.newBuilder()
                        .setMetadata(PodSandboxMetadata.newBuilder().setName("base"))
                        .setLinux(
                                LinuxPodSandboxConfig.newBuilder()
                                        .setSecurityContext(
                                                LinuxSandboxSecurityContext.newBuilder()
                                                        .setNamespaceOptions(
                                                                NamespaceOption
                                                                        .getDefaultInstance())))
                        .build();
        assertThat(untranslated(base, m -> SandboxMessages.spec((PodSandboxConfig) m, "")))
                .containsExactlyInAnyOrderElementsOf(NOT_FOR_SANDBOXES);
    }

    @Test
    void everyFieldOfAContainerIsTranslated() {
        ContainerConfig base =
                ContainerConfig.newBuilder()
                        .setMetadata(ContainerMetadata.newBuilder().setName("base"))
                        .setImage(ImageSpec.newBuilder().setImage("base"))
                        .setLinux(
                                LinuxContainerConfig.newBuilder()
                                        .setSecurityContext(
                                                LinuxContainerSecurityContext.newBuilder()
                                                        .setNamespaceOptions(
                                                                NamespaceOption
                                                                        .getDefaultInstance())))
                        .build();
        assertThat(untranslated(base, m -> ContainerRequests.spec((ContainerConfig) m)))
                .containsExactlyInAnyOrderElementsOf(NOT_FOR_CONTAINERS);
    }

    private static List<String> untranslated(Message base, Function<Message, Object> translate) {
        return FieldSamples.of(base)
                .filter(sample -> !sample.path().startsWith("windows."))
                .filter(sample ->
                        translate.apply(sample.with()).equals(translate.apply(sample.without())))
                .map(FieldSamples.Sample::path)
                .toList();
    }
}
