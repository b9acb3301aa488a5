package carafe.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.ContainerMetadata;
import carafe.proto.cri.ImageSpec;
import carafe.proto.cri.KeyValue;
import carafe.proto.cri.LinuxContainerResources;
import carafe.proto.cri.LinuxContainerSecurityContext;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.PodSandboxMetadata;
import carafe.proto.cri.SecurityProfile;
import carafe.runtime.api.ContainerSecurity;
import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestsTest {
    @ParameterizedTest
    @ValueSource(strings = {"../../x", "a/b", "a\0b", "ид", ".", "..", "-a", "a b", ""})
    void namesAndIdsThatCouldBecomePathsAreRefused(String value) {
        assertThatThrownBy(() -> Requests.id("container_id", value))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("container_id")
                .message()
                .doesNotContain("\0");
        assertThatThrownBy(() -> Requests.name("metadata.name", value))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("metadata.name");
    }

    @Test
    void aLongNameIsRefusedAndShortenedInTheMessage() {
        assertThatThrownBy(() -> Requests.name("metadata.name", "x".repeat(4096)))
                .isInstanceOf(CarafeException.Invalid.class)
                .message()
                .hasSizeLessThan(300);
    }

    @ParameterizedTest
    @ValueSource(strings = {"web-0", "kube-system", "busybox_1.2", "a:b"})
    void namesOfUsersPass(String value) {
        assertThat(Requests.name("metadata.name", value)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/passwd", "../x", "a/../../x", "a\0"})
    void aLogPathStaysInTheLogDirectory(String path) {
        ContainerConfig config = container().setLogPath(path).build();
        assertThatThrownBy(() -> ContainerRequests.spec(config))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("log_path");
    }

    @Test
    void aPodWithoutNameIsRefused() {
        assertThatThrownBy(() -> SandboxMessages.spec(PodSandboxConfig.getDefaultInstance(), ""))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("metadata is missing");
    }

    @Test
    void anUnknownValueOfAnEnumerationIsRefused() {
        ContainerConfig config = container().setStopSignalValue(4711).build();
        assertThatThrownBy(() -> ContainerRequests.spec(config))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("stop_signal");
    }

    @ParameterizedTest
    @CsvSource({"'',v", "a=b,v"})
    void aVariableNeedsAProperName(String name, String value) {
        ContainerConfig config =
                container()
                        .addEnvs(
                                KeyValue.newBuilder()
                                        .setKey(name)
                                        .setValue(ByteString.copyFromUtf8(value)))
                        .build();
        assertThatThrownBy(() -> ContainerRequests.spec(config)).hasMessageContaining("envs");
    }

    @Test
    void aVariablesValueIsNeverShown() {
        ContainerConfig config =
                container()
                        .addEnvs(
                                KeyValue.newBuilder()
                                        .setKey("TOKEN")
                                        .setValue(ByteString.copyFromUtf8("hunter2\0")))
                        .build();
        assertThatThrownBy(() -> ContainerRequests.spec(config))
                .hasMessageContaining("TOKEN")
                .message()
                .doesNotContain("hunter2");
    }

    @Test
    void bytesThatAreNoTextPassThroughAVariable() {
        byte[] raw = {(byte) 0xff, (byte) 0xfe, 1};
        ContainerConfig config =
                container()
                        .addEnvs(
                                KeyValue.newBuilder()
                                        .setKey("RAW")
                                        .setValue(ByteString.copyFrom(raw)))
                        .build();
        assertThat(ContainerRequests.spec(config).env().getFirst().value().toArray())
                .isEqualTo(raw);
    }

    @Test
    void withoutSecurityContextTheDefaultListsHold() {
        assertThat(ContainerRequests.spec(container().build()).security())
                .isEqualTo(ContainerSecurity.NONE);
        ContainerSecurity empty =
                SecurityMessages.container(LinuxContainerSecurityContext.getDefaultInstance());
        assertThat(empty.maskedPaths()).isEmpty();
        assertThat(empty.readonlyPaths()).isEmpty();
    }

    @Test
    @SuppressWarnings("deprecation") // the field of older clients
    void theNewSeccompFieldWinsOverTheOldOne() {
        LinuxContainerSecurityContext.Builder context =
                LinuxContainerSecurityContext.newBuilder().setSeccompProfilePath("unconfined");
        assertThat(kind(context)).isEqualTo(carafe.runtime.api.SecurityProfile.Kind.UNCONFINED);
        context.setSeccomp(
                SecurityProfile.newBuilder()
                        .setProfileType(SecurityProfile.ProfileType.RuntimeDefault));
        assertThat(kind(context))
                .isEqualTo(carafe.runtime.api.SecurityProfile.Kind.RUNTIME_DEFAULT);
    }

    @Test
    void anOomScoreOutOfRangeIsRefused() {
        assertThatThrownBy(() ->
                        ResourceMessages.fromProto(
                                LinuxContainerResources.newBuilder()
                                        .setOomScoreAdj(1L << 40)
                                        .build()))
                .hasMessageContaining("oom_score_adj");
    }

    @Test
    void timeSpansAreBounded() {
        assertThat(Spans.seconds(-5)).isZero();
        assertThat(Spans.seconds(3)).isEqualTo(Duration.ofSeconds(3));
        assertThatCode(() -> Spans.seconds(Long.MAX_VALUE).toNanos()).doesNotThrowAnyException();
    }

    @Test
    void aPortIsSixteenBits() {
        PodSandboxConfig config =
                PodSandboxConfig.newBuilder()
                        .setMetadata(PodSandboxMetadata.newBuilder().setName("p"))
                        .addPortMappings(
                                carafe.proto.cri.PortMapping.newBuilder().setHostPort(70_000))
                        .build();
        assertThatThrownBy(() -> SandboxMessages.spec(config, ""))
                .hasMessageContaining("host_port is 70000");
    }

    private static carafe.runtime.api.SecurityProfile.Kind kind(
            LinuxContainerSecurityContext.Builder context) {
        return Objects.requireNonNull(SecurityMessages.container(context.build()).seccomp()).kind();
    }

    private static ContainerConfig.Builder container() {
        return ContainerConfig.newBuilder()
                .setMetadata(ContainerMetadata.newBuilder().setName("c"))
                .setImage(ImageSpec.newBuilder().setImage("busybox"));
    }
}
