package carafe.runtime.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.base.DiskFiles;
import carafe.runtime.api.Bytes;
import carafe.runtime.api.EnvVar;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CdiDevicesTest {
    private static final String ONE =
            """
            {"cdiVersion": "0.6.0", "kind": "example.com/net", "devices": [{"name": "%s",
              "containerEdits": {"env": ["DEVICE=%s"]}}]}
            """;

    @TempDir private Path base;
    private Path low;
    private Path high;
    private CdiDevices devices;

    @BeforeEach
    void makeDirectories() throws IOException {
        low = Files.createDirectory(base.resolve("low"));
        high = Files.createDirectory(base.resolve("high"));
        devices = new CdiDevices(List.of(base.resolve("absent"), low, high), new DiskFiles());
    }

    @Test
    void aFileInYamlSaysTheSameAsInJson() throws IOException {
        Files.writeString(
                low.resolve("gpu.yaml"),
                """
                cdiVersion: 0.7.0
                kind: example.com/gpu
                annotations: {who: cares}
                containerEdits:
                  env: [SHARED=1]
                  additionalGids: [44]
                devices:
                  - name: "0"
                    annotations: {}
                    containerEdits:
                      deviceNodes:
                        - {path: /dev/gpu0, hostPath: /dev/real0, fileMode: 0640, uid: 3}
                        - {path: /dev/gpu1, type: u, major: 1, minor: 5, permissions: r}
                      mounts:
                        - hostPath: /opt/lib
                          containerPath: /usr/lib/gpu
                          options: [ro, bind]
                      hooks:
                        - {hookName: createContainer, path: /bin/hook, args: [hook, x],
                           env: [A=b], timeout: 3}
                """);
        Files.writeString(
                low.resolve("same.json"),
                """
                {"cdiVersion":"0.7.0","kind":"example.com/same","containerEdits":{"env":["SHARED=1"],
                "additionalGids":[44]},"devices":[{"name":"0","containerEdits":{"deviceNodes":[
                {"path":"/dev/gpu0","hostPath":"/dev/real0","fileMode":416,"uid":3},
                {"path":"/dev/gpu1","type":"c","major":1,"minor":5,"permissions":"r"}],
                "mounts":[{"hostPath":"/opt/lib","containerPath":"/usr/lib/gpu",
                "options":["ro","bind"]}],"hooks":[{"hookName":"createContainer",
                "path":"/bin/hook","args":["hook","x"],"env":["A=b"],"timeout":3}]}}]}
                """);
        ContainerEdits expected =
                new ContainerEdits(
                        List.of(new EnvVar("SHARED", Bytes.ofUtf8("1"))),
                        List.of(
                                new ContainerEdits.DeviceNode(
                                        "/dev/gpu0", "/dev/real0", "", -1, -1, 0640, "", 3, -1),
                                new ContainerEdits.DeviceNode(
                                        "/dev/gpu1", "/dev/gpu1", "c", 1, 5, -1, "r", -1, -1)),
                        List.of(
                                new ContainerEdits.Mount(
                                        "/opt/lib", "/usr/lib/gpu", "", List.of("ro", "bind"))),
                        List.of(
                                new ContainerEdits.Hook(
                                        "createContainer",
                                        "/bin/hook",
                                        List.of("hook", "x"),
                                        List.of("A=b"),
                                        Duration.ofSeconds(3))),
                        List.of(44L));
        assertThat(find("example.com/gpu=0")).isEqualTo(expected);
        assertThat(find("example.com/same=0")).isEqualTo(expected);
    }

    @Test
    void annotationsNameDevicesToo() throws IOException {
        write(low, "a.json", "a");
        write(low, "b.json", "b");
        ContainerEdits edits =
                devices.of(
                        List.of("example.com/net=b"),
                        Map.of(
                                "cdi.k8s.io/plugin_1",
                                "example.com/net=a,example.com/net=b",
                                "other",
                                "example.com/net=none"));
        assertThat(values(edits)).containsExactly("b", "a");
    }

    @Test
    void theLaterDirectoryWins() throws IOException {
        write(low, "a.json", "a");
        Files.writeString(high.resolve("x.json"), ONE.formatted("a", "high"));
        assertThat(values(find("example.com/net=a"))).containsExactly("high");
    }

    @Test
    void aDeviceDescribedTwiceIsNoDevice() throws IOException {
        write(low, "a.json", "a");
        write(low, "b.json", "a");
        assertThatThrownBy(() -> find("example.com/net=a"))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("example.com/net=a")
                .hasMessageContaining("a.json, ")
                .hasMessageContaining("b.json");
    }

    @Test
    void whatIsThereIsLookedAtEachTime() throws IOException {
        assertThatThrownBy(() -> find("example.com/net=a"))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("no file in")
                .hasMessageContaining("example.com/net=a");
        write(low, "a.json", "a");
        assertThat(values(find("example.com/net=a"))).containsExactly("a");
    }

    @Test
    void aDamagedFileHurtsItsOwnDevicesOnlyAndIsNamed() throws IOException {
        write(low, "a.json", "a");
        Files.writeString(low.resolve("bad.json"), "{");
        assertThat(values(find("example.com/net=a"))).containsExactly("a");
        assertThatThrownBy(() -> find("example.com/net=b")).hasMessageContaining("bad.json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"cdiVersion\": \"9.0.0\", \"kind\": \"a.b/c\", \"devices\": [{\"name\": \"x\"}]}",
                "{\"cdiVersion\": \"1.0.0\", \"kind\": \"a.b\", \"devices\": [{\"name\": \"x\"}]}",
                "{\"cdiVersion\": \"1.0.0\", \"kind\": \"a.b/c\", \"devices\": []}",
                "{\"cdiVersion\": \"1.0.0\", \"kind\": \"a.b/c\", \"devices\": [{\"name\": \"-\"}]}",
                "{\"cdiVersion\": \"1.0.0\", \"kind\": \"a.b/c\", \"devices\": [{\"name\": \"x\"},"
                        + " {\"name\": \"x\"}]}",
                "{\"cdiVersion\": \"1.0.0\", \"kind\": \"a.b/c\", \"x\": 1, \"devices\": [{\"name\":"
                        + " \"x\"}]}",
                "{\"cdiVersion\": \"1.0.0\", \"cdiVersion\": \"1.0.0\", \"kind\": \"a.b/c\","
                        + " \"devices\": [{\"name\": \"x\"}]}",
                "[]",
                "\"text\"",
                ""
            })
    void filesOfAnotherFormAreNotRead(String text) throws IOException {
        Files.writeString(low.resolve("bad.json"), text);
        assertThatThrownBy(() -> find("a.b/c=x"))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("bad.json: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "env: [NOTHING]",
                "deviceNodes: [{path: dev}]",
                "deviceNodes: [{path: /dev/x, permissions: rwx}]",
                "deviceNodes: [{path: /dev/x, major: -1}]",
                "deviceNodes: [{path: /dev/x, odd: 1}]",
                "mounts: [{hostPath: /x, containerPath: y}]",
                "hooks: [{hookName: whenever, path: /x}]",
                "additionalGids: [4294967295]",
                "intelRdt: {closID: x}",
                "netDevices: []"
            })
    void whatIsWrongOrUnknownInADeviceIsNamed(String edits) throws IOException {
        Files.writeString(
                low.resolve("bad.yaml"),
                """
                cdiVersion: 1.0.0
                kind: a.b/c
                devices:
                  - name: x
                    containerEdits: {%s}
                """
                        .formatted(edits));
        String word = edits.substring(0, edits.indexOf(':'));
        assertThatThrownBy(() -> find("a.b/c=x"))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("bad.yaml: ")
                .hasMessageContaining(word);
    }

    @Test
    void yamlCannotBlowUp() throws IOException {
        Files.writeString(low.resolve("deep.yaml"), "a: " + "[".repeat(100_000));
        Files.writeString(
                low.resolve("laughs.yaml"),
                """
                a: &a [x,x,x,x,x,x,x,x,x]
                b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]
                c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]
                d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]
                e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]
                f: [*e,*e,*e,*e,*e,*e,*e,*e,*e]
                """);
        Files.writeString(low.resolve("two.yaml"), "a: 1\n---\nb: 2\n");
        assertThatThrownBy(() -> find("a.b/c=x"))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("deep.yaml: it is nested deeper than 64")
                .hasMessageContaining("laughs.yaml: ")
                .hasMessageContaining("two.yaml: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a.b/c", "a.b=c", "/c=x", "a.b/c=", "a.b/c=x y", "a.b/../c=x", "1/c=x"})
    void namesAreChecked(String name) {
        assertThatThrownBy(() -> find(name))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("vendor/class=name");
    }

    private ContainerEdits find(String name) {
        return devices.of(List.of(name), Map.of());
    }

    private static void write(Path directory, String file, String device) throws IOException {
        Files.writeString(directory.resolve(file), ONE.formatted(device, device));
    }

    private static List<String> values(ContainerEdits edits) {
        return edits.env().stream()
                .map(each -> new String(each.value().toArray(), StandardCharsets.UTF_8))
                .toList();
    }
}
