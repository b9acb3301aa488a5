package carafe.runtime.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.runtime.api.ContainerMetadata;
import carafe.runtime.api.ContainerSpec;
import carafe.runtime.api.IdMapping;
import carafe.runtime.api.ImageName;
import carafe.runtime.api.MountSpec;
import carafe.runtime.api.NamespaceModes;
import carafe.runtime.api.NamespaceModes.Mode;
import carafe.runtime.api.PortMapping;
import carafe.runtime.api.ProcessUser;
import carafe.runtime.api.Resources;
import carafe.runtime.api.SandboxMetadata;
import carafe.runtime.api.StopSignal;
import carafe.runtime.port.Cgroups.PodCgroup;
import carafe.runtime.port.ProcessId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordFormatTest {
    private static final String ID = "ab".repeat(32);
    private static final String POD = "cd".repeat(32);

    /** As version 1 was first written; it must be readable for ever. */
    private static final String POD_V1 =
            """
            {"version":1,"id":"%s","name":"web","namespace":"default","uid":"u","attempt":2,\
            "specDigest":"d","createdAt":5,"bootId":"b","phase":"READY","released":false,\
            "labels":{"app":"web"},"annotations":{},"handler":"","hostname":"web",\
            "logDirectory":"/log","namespaces":{"network":"POD","pid":"CONTAINER","ipc":"POD",\
            "target":""},"privileged":true,"ports":[{"protocol":"TCP","containerPort":80,\
            "hostPort":8080,"hostIp":""}],"holder":{"pid":77,"startTicks":99},\
            "cgroup":{"path":"/carafe/x","made":true},"addresses":["10.0.0.2"],"later":"ignored"}\
            """
                    .formatted(POD);

    /** As version 1 was first written; it must be readable for ever. */
    static final String CONTAINER_V1 =
            """
            {"version":1,"id":"%s","pod":"%s","name":"app","attempt":0,"specDigest":"d",\
            "createdAt":5,"bootId":"b","cgroup":"/carafe/x/y","image":{"image":"i",\
            "userSpecified":"i:1"},"imageRef":"r","imageId":"sha256:i","mounts":[{"containerPath":\
            "/c","hostPath":"/h","readonly":true,"propagation":"HOST_TO_CONTAINER"}],\
            "logPath":"/log/app","stdin":true,"tty":false,"resources":{"memory":5},\
            "user":{"uid":4294967294,"gid":1,"groups":[1,2]},"stopSignal":"SIGRTMIN+3",\
            "state":{"phase":"running","init":{"pid":78,"startTicks":5},"startedAt":6}}\
            """
                    .formatted(ID, POD);

    @Test
    void podsComeBackAsTheyWere() throws Exception {
        PodJson.Codec codec = new PodJson.Codec();
        PodRecord pod = pod();
        assertThat(codec.decode(codec.encode(pod))).isEqualTo(pod);
        PodRecord making =
                new PodRecord(
                        pod.id(),
                        pod.metadata(),
                        "d",
                        1,
                        "b",
                        PodPhase.CREATING,
                        false,
                        pod.settings(),
                        PodRecord.Held.NOTHING);
        assertThat(codec.decode(codec.encode(making))).isEqualTo(making);
    }

    @Test
    void containersComeBackAsTheyWere() throws Exception {
        ContainerJson.Codec codec = new ContainerJson.Codec();
        ContainerState created = new ContainerState.Created(new ProcessId(5, 6));
        ContainerState exited =
                new ContainerState.Exited(137, ContainerState.Reason.OOM_KILLED, "m", 7, 8);
        for (ContainerState state : List.of(created, exited)) {
            ContainerRecord container = container(state);
            assertThat(codec.decode(codec.encode(container))).isEqualTo(container);
        }
    }

    @Test
    void anUnknownStateIsNeverWritten() throws Exception {
        ContainerJson.Codec codec = new ContainerJson.Codec();
        ContainerState running = new ContainerState.Running(new ProcessId(5, 6), 7);
        ContainerRecord written = container(new ContainerState.Unknown(running));
        assertThat(codec.decode(codec.encode(written)).state()).isEqualTo(running);
    }

    @Test
    void theFirstFormIsReadForEver() throws Exception {
        PodRecord pod = new PodJson.Codec().decode(utf8(POD_V1));
        assertThat(pod.metadata()).isEqualTo(new SandboxMetadata("web", "u", "default", 2));
        assertThat(pod.held().holder()).isEqualTo(new ProcessId(77, 99));
        assertThat(pod.settings().limits()).isEqualTo(PodRecord.Limits.NONE);
        assertThat(pod.settings().portMappings())
                .containsExactly(new PortMapping(PortMapping.Protocol.TCP, 80, 8080, ""));
        ContainerRecord container = new ContainerJson.Codec().decode(utf8(CONTAINER_V1));
        assertThat(container.state())
                .isEqualTo(new ContainerState.Running(new ProcessId(78, 5), 6));
        assertThat(container.settings().user().uid()).isEqualTo(4294967294L);
        assertThat(container.settings().stopSignal()).isEqualTo(new StopSignal("SIGRTMIN+3", 37));
        assertThat(container.settings().resources().memoryLimitBytes()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "{}",
                "{\"version\":2}",
                "{\"version\":1,\"id\":\"../../x\"}",
                "{\"version\":1,\"id\":7}"
            })
    void damageIsAnErrorOfReading(String text) {
        assertThatThrownBy(() -> new PodJson.Codec().decode(utf8(text)))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> new ContainerJson.Codec().decode(utf8(text)))
                .isInstanceOf(IOException.class);
    }

    @Test
    void everyCutIsDamageOrTheSame() {
        for (int end = 0; end < CONTAINER_V1.length(); end++) {
            byte[] cut = utf8(CONTAINER_V1.substring(0, end));
            assertThatThrownBy(() -> new ContainerJson.Codec().decode(cut))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void aLaterVersionIsNotGuessedAt() {
        String later = POD_V1.replace("\"version\":1", "\"version\":2");
        assertThatThrownBy(() -> new PodJson.Codec().decode(utf8(later)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("version 2");
    }

    private static PodRecord pod() {
        return new PodRecord(
                POD,
                new SandboxMetadata("web", "u", "default", 2),
                "digest",
                5,
                "boot",
                PodPhase.NOT_READY,
                true,
                new PodRecord.Settings(
                        Map.of("a", "b"),
                        Map.of("c", "d"),
                        "carafe",
                        "host",
                        "/log",
                        new NamespaceModes(
                                Mode.POD,
                                Mode.POD,
                                Mode.NODE,
                                "",
                                new NamespaceModes.UserNamespace(
                                        Mode.POD,
                                        List.of(new IdMapping(0, 100_000, 65_536)),
                                        List.of())),
                        true,
                        List.of(new PortMapping(PortMapping.Protocol.SCTP, 1, 2, "::1")),
                        "s0:c1,c2",
                        new PodRecord.Limits(
                                new Resources(
                                        0, 0, 0, 7, 0, "", "", Map.of("2MB", 1L), Map.of(), 8),
                                Resources.NONE)),
                new PodRecord.Held(
                        new ProcessId(5, 6), new PodCgroup("/x", false), List.of("10.0.0.1")));
    }

    private static ContainerRecord container(ContainerState state) {
        return new ContainerRecord(
                ID,
                POD,
                new ContainerMetadata("app", 3),
                "digest",
                5,
                "boot",
                "/carafe/x/y",
                new ContainerRecord.Settings(
                        Map.of("a", "b"),
                        Map.of(),
                        new ImageName("i", "u", "h", Map.of("k", "v")),
                        "ref",
                        "sha256:x",
                        List.of(
                                new MountSpec(
                                        "/c",
                                        "/h",
                                        true,
                                        true,
                                        true,
                                        MountSpec.Propagation.BIDIRECTIONAL,
                                        List.of(new IdMapping(1, 2, 3)),
                                        List.of(),
                                        new ImageName("v", "", "", Map.of(), "sha256:v"),
                                        "sub",
                                        List.of("noexec"))),
                        "/log/app",
                        new ContainerSpec.Stdio(true, true, true),
                        new Resources(
                                1,
                                -1,
                                2,
                                3,
                                -998,
                                "0-1",
                                "0",
                                Map.of("2MB", 4L),
                                Map.of("memory.high", "5"),
                                6),
                        new ProcessUser(1, 2, List.of(2L, 3L)),
                        new StopSignal("SIGUSR1", 10)),
                state);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
