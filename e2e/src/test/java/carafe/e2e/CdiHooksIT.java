package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.proto.cri.CDIDevice;
import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.PodSandboxConfig;
import carafe.testkit.daemon.Instance;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Programs that a CDI device has run at moments of its container's life, by whoever makes it. */
@ParameterizedClass
@MethodSource("carafe.e2e.RuntimeHandlers#all")
@Timeout(60)
final class CdiHooksIT {
    @RegisterExtension static final Node node = new Node(CdiHooksIT::configure);

    private final String handler;

    CdiHooksIT(String handler) {
        this.handler = handler;
        node.use(handler);
    }

    private static List<String> configure(Instance instance, Images images) throws IOException {
        Path cdi = Files.createDirectories(instance.scratch().resolve("cdi"));
        List<String> flags = new ArrayList<>(RuntimeHandlers.configure(instance));
        flags.addAll(List.of("--cdi-spec-dir", cdi.toString()));
        return flags;
    }

    private static Path scratch(String name) {
        return node.instance().scratch().resolve(name);
    }

    private static String script(String name, String text) throws IOException {
        Path file = Files.writeString(scratch(name), "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file.toString();
    }

    private static ContainerConfig withDevice(String kind, String hooks) throws IOException {
        Files.writeString(
                scratch("cdi").resolve(kind + ".json"),
                """
                {"cdiVersion": "0.6.0", "kind": "example.com/%s", "devices": [{"name": "x",
                  "containerEdits": {"hooks": [%s]}}]}
                """
                        .formatted(kind, hooks));
        return node.container("hooked", "sleep", "100")
                .addCDIDevices(CDIDevice.newBuilder().setName("example.com/" + kind + "=x"))
                .build();
    }

    private static String hook(String moment, String path, String... args) {
        return "{\"hookName\": \"%s\", \"path\": \"%s\", \"args\": [\"%s\"], \"env\": [\"PATH=/bin:/usr/bin\"]}"
                .formatted(moment, path, String.join("\", \"", args));
    }

    @Test
    void theyAreRunAtTheirMoments() throws IOException {
        Path story = scratch("story" + handler);
        String tell = script("tell" + handler, "echo $1 >> " + story);
        String change =
                script(
                        "change" + handler,
                        "bundle=$(sed -n 's/.*\"bundle\":\"\\([^\"]*\\)\".*/\\1/p');"
                                + " echo changed > $bundle/rootfs/by-hook; echo $1 >> "
                                + story);
        ContainerConfig container =
                withDevice(
                        "told" + handler,
                        String.join(
                                ",",
                                hook("poststop", tell, "tell", "poststop"),
                                hook("poststart", tell, "tell", "poststart"),
                                hook(
                                        "startContainer",
                                        "/bin/sh",
                                        "/bin/sh",
                                        "-c",
                                        "echo started >> /by-hook"),
                                hook("createContainer", change, "change", "createContainer"),
                                hook("createRuntime", tell, "tell", "createRuntime")));
        PodSandboxConfig pod = node.pod("hooks" + handler).build();
        String id = node.kubelet().create(node.kubelet().runPod(pod), pod, container);
        // runc 1.1.5 takes the end of its create for the start.
        boolean own = handler.equals(RuntimeHandlers.OWN);
        assertThat(story).hasContent("createRuntime\ncreateContainer" + (own ? "" : "\npoststart"));

        node.kubelet().start(id);
        assertThat(story).hasContent("createRuntime\ncreateContainer\npoststart");
        assertThat(node.kubelet().exec(id, "cat", "/by-hook").getStdout().toStringUtf8())
                .isEqualTo("changed\nstarted\n");
        node.kubelet().remove(id);
        assertThat(story).hasContent("createRuntime\ncreateContainer\npoststart\npoststop");
    }

    @Test
    void oneThatFailsFailsTheContainerByItsWords() throws IOException {
        String fail = script("fail" + handler, "echo no such card >&2; exit 3");
        ContainerConfig container =
                withDevice("failing" + handler, hook("createRuntime", fail, "fail"));
        PodSandboxConfig pod = node.pod("failing-hook" + handler).build();
        String podId = node.kubelet().runPod(pod);

        assertThatThrownBy(() -> node.kubelet().create(podId, pod, container))
                .isInstanceOf(StatusRuntimeException.class)
                // runc 1.1.5 says "hook #0".
                .hasMessageContaining(handler.equals(RuntimeHandlers.OWN) ? fail : "hook")
                .hasMessageContaining("no such card");
        assertThat(node.kubelet().containers()).isEmpty();
    }
}
