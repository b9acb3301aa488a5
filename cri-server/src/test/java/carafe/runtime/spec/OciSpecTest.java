package carafe.runtime.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.runtime.api.Bytes;
import carafe.runtime.api.EnvVar;
import carafe.runtime.api.ImageName;
import carafe.runtime.api.MountSpec;
import carafe.runtime.api.MountSpec.Propagation;
import carafe.runtime.api.NamespaceModes;
import carafe.runtime.api.NamespaceModes.Mode;
import carafe.runtime.api.Resources;
import carafe.runtime.port.HostPaths;
import carafe.runtime.port.ProcessId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OciSpecTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final SpecBuilder builder = new SpecBuilder();

    @Test
    void anOrdinaryContainerEqualsTheGoldenFile() throws Exception {
        builder.env("GREETING", "hello");
        builder.mounts =
                List.of(
                        MountSpec.bind("/data/deep", "/data/a/b"),
                        MountSpec.bind("/data", "/data"),
                        MountSpec.bind("/kubelet/hosts", "/etc/hosts"));
        builder.resources =
                new Resources(
                        100_000,
                        50_000,
                        512,
                        1 << 20,
                        -5,
                        "0-1",
                        "",
                        Map.of("2MB", 4096L),
                        Map.of("memory.high", "99"),
                        0);
        assertEqualsGolden("ordinary.json");
    }

    @Test
    void aPrivilegedContainerEqualsTheGoldenFile() throws Exception {
        builder.privileged = true;
        builder.tty = true;
        builder.podModes = new NamespaceModes(Mode.NODE, Mode.NODE, Mode.NODE, "", null);
        builder.devices =
                List.of(
                        new SpecRequest.DeviceGrant(
                                "/dev/fuse",
                                new HostPaths.Device("/dev/fuse", 'c', 10, 229, 0666, 0, 0),
                                "rwm"));
        assertEqualsGolden("privileged.json");
    }

    @Test
    void argumentsFollowTheRulesOfImages() {
        assertThat(args()).containsExactly("/entry", "arg");
        builder.args = List.of("other");
        assertThat(args()).containsExactly("/entry", "other");
        builder.command = List.of("/mine");
        assertThat(args()).containsExactly("/mine", "other");
        builder.args = List.of();
        assertThat(args()).containsExactly("/mine");
    }

    @Test
    void noCommandAtAllIsRefused() {
        builder.entrypoint = List.of();
        builder.cmd = List.of();
        assertThatThrownBy(() -> OciSpec.of(builder.build()))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("no command");
        builder.command = List.of("");
        assertThatThrownBy(() -> OciSpec.of(builder.build()))
                .isInstanceOf(CarafeException.Invalid.class);
    }

    @Test
    void entriesWithoutValueNeverReachTheEnvironment() {
        builder.imageEnv = List.of("MARK", "*", "=x", "A=B=C", "", "HOME=/from/image");
        assertThat(env())
                .containsExactly(
                        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                        "HOSTNAME=host",
                        "HOME=/from/image",
                        "A=B=C");
    }

    @Test
    void theRequestsVariablesWinOverTheImages() {
        builder.env("PATH", "/mine");
        builder.env("X", "1");
        builder.env("X", "2");
        assertThat(env()).contains("PATH=/mine", "X=2").doesNotContain("PATH=/bin", "X=1");
    }

    @Test
    void valuesThatAreNoTextAreCarriedAsBytes() {
        builder.env.add(new EnvVar("RAW", Bytes.of(new byte[] {(byte) 0xff, 'a'})));
        Environment environment = Environment.of(builder.build());
        assertThat(environment.isText()).isFalse();
        byte[] last = Base64.getDecoder().decode(environment.base64().getLast());
        assertThat(last).isEqualTo(new byte[] {'R', 'A', 'W', '=', (byte) 0xff, 'a'});
        builder.env.clear();
        builder.env("UTF8", "grüße");
        assertThat(Environment.of(builder.build()).isText()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A=B", "A\u0000"})
    void namesOfVariablesAreChecked(String name) {
        builder.env(name, "x");
        assertThatThrownBy(() -> OciSpec.of(builder.build()))
                .isInstanceOf(CarafeException.Invalid.class);
    }

    @Test
    void aNulByteIsRefusedWhereverItStands() {
        builder.env("A", "x\u0000y");
        assertThatThrownBy(() -> OciSpec.of(builder.build()))
                .isInstanceOf(CarafeException.Invalid.class);
        builder.env.clear();
        builder.command = List.of("a\u0000b");
        assertThatThrownBy(() -> OciSpec.of(builder.build()))
                .isInstanceOf(CarafeException.Invalid.class);
    }

    @Test
    void theWorkingDirectoryIsAbsolute() {
        assertThat(spec().at("/process/cwd").asString()).isEqualTo("/work");
        builder.workingDir = "/mine";
        assertThat(spec().at("/process/cwd").asString()).isEqualTo("/mine");
        builder.workingDir = "mine";
        assertThatThrownBy(() -> OciSpec.of(builder.build()))
                .isInstanceOf(CarafeException.Invalid.class);
    }

    @Test
    void namespacesAreThoseOfThePod() {
        assertThat(namespaces())
                .containsExactly(
                        "network /proc/77/ns/net",
                        "uts /proc/77/ns/uts",
                        "ipc /proc/77/ns/ipc",
                        "pid ",
                        "mount ",
                        "cgroup ");
        builder.podModes = new NamespaceModes(Mode.NODE, Mode.POD, Mode.NODE, "", null);
        assertThat(namespaces()).containsExactly("pid /proc/77/ns/pid", "mount ", "cgroup ");
        builder.containerModes = new NamespaceModes(Mode.POD, Mode.TARGET, Mode.POD, "x", null);
        builder.target = new ProcessId(88, 1);
        assertThat(namespaces()).containsExactly("pid /proc/88/ns/pid", "mount ", "cgroup ");
    }

    @Test
    void noMaskedPathIsNotTheDefaultList() {
        builder.masked = List.of();
        assertThat(spec().at("/linux/maskedPaths")).isEmpty();
        builder.masked = List.of("/bin/ls");
        assertThat(spec().at("/linux/maskedPaths").toString()).isEqualTo("[\"/bin/ls\"]");
    }

    @Test
    void propagationReachesTheRoot() {
        assertThat(spec().at("/linux/rootfsPropagation").isMissingNode()).isTrue();
        builder.mounts = List.of(propagated(Propagation.HOST_TO_CONTAINER));
        assertThat(spec().at("/linux/rootfsPropagation").asString()).isEqualTo("rslave");
        builder.mounts = List.of(propagated(Propagation.BIDIRECTIONAL), MountSpec.bind("/b", "/b"));
        assertThat(spec().at("/linux/rootfsPropagation").asString()).isEqualTo("rshared");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "..", "/../", "/a\u0000"})
    void nothingIsMountedOnTheRoot(String target) {
        builder.mounts = List.of(MountSpec.bind("/a", target));
        assertThatThrownBy(() -> OciSpec.of(builder.build()))
                .isInstanceOf(CarafeException.Invalid.class);
    }

    @Test
    void twoMountsOnOnePathAreRefused() {
        builder.mounts = List.of(MountSpec.bind("/a", "/x"), MountSpec.bind("/b", "/y/../x/"));
        assertThatThrownBy(() -> OciSpec.of(builder.build()))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("two mounts");
    }

    @Test
    void aReadOnlyRootMakesThePodsFilesReadOnly() {
        builder.readonlyRootfs = true;
        JsonNode spec = spec();
        assertThat(spec.at("/root/readonly").asBoolean()).isTrue();
        assertThat(spec.at("/mounts").toString())
                .contains(
                        "{\"destination\":\"/etc/hosts\",\"type\":\"bind\","
                                + "\"source\":\"/run/c/pods/p/mem/hosts\",\"options\":[\"rbind\","
                                + "\"rprivate\",\"nosuid\",\"noexec\",\"nodev\",\"ro\"]}");
    }

    @Test
    void aMountOnDevReplacesAllOfOursBelow() {
        builder.mounts =
                List.of(MountSpec.bind("/dev/bus", "/dev/bus"), MountSpec.bind("/dev", "/dev/"));
        builder.devices =
                List.of(
                        new SpecRequest.DeviceGrant(
                                "/dev/mine",
                                new HostPaths.Device("/dev/fuse", 'c', 10, 229, 0666, 0, 0),
                                "rwm"));
        assertThat(destinations())
                .contains("/dev", "/dev/bus", "/proc")
                .doesNotContain("/dev/pts", "/dev/mqueue", "/dev/shm");
        assertThat(spec().at("/linux/devices")).as("made in the node's own /dev").isEmpty();
        assertThat(spec().at("/linux/resources/devices").toString()).contains("229");
    }

    @Test
    void aMountAboveOneOfOursComesBeforeIt() {
        builder.mounts = List.of(MountSpec.bind("/conf", "/etc"));
        assertThat(destinations()).containsSubsequence("/etc", "/etc/hosts");
    }

    @Test
    void restrictionsHoldForAllMountsBelow() {
        builder.mounts =
                List.of(
                        new MountSpec(
                                "/a",
                                "/a",
                                true,
                                true,
                                false,
                                Propagation.PRIVATE,
                                List.of(),
                                List.of(),
                                null,
                                "",
                                List.of("noexec", "nosuid")));
        assertThat(mountOn("/a").path("options").toString())
                .isEqualTo("[\"rbind\",\"rprivate\",\"ro\",\"rro\",\"rnoexec\",\"rnosuid\"]");
    }

    @Test
    void anImageIsNamedByItsPlaceInTheRequest() {
        builder.mounts = List.of(MountSpec.bind("/a", "/deep/a"), imageOn("/models"));
        JsonNode mount = mountOn("/models");
        assertThat(mount.path("source").asString()).isEqualTo("volumes/1");
        assertThat(mount.path("options").toString()).isEqualTo("[\"rbind\",\"rprivate\",\"ro\"]");
    }

    @Test
    void aDevicesMountMustNotMeetOneOfTheRequest() {
        builder.deviceMounts = List.of(new OciMount("/a", "bind", "/opt/a", List.of("rbind")));
        assertThat(mountOn("/a").path("source").asString()).isEqualTo("/opt/a");
        builder.mounts = List.of(MountSpec.bind("/b", "/a"));
        assertThatThrownBy(() -> OciSpec.of(builder.build()))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("two mounts on the same path /a");
    }

    private static MountSpec imageOn(String target) {
        return new MountSpec(
                target,
                "",
                true,
                false,
                false,
                Propagation.PRIVATE,
                List.of(),
                List.of(),
                new ImageName("model", "model", "", Map.of()),
                "sub",
                List.of());
    }

    private List<String> destinations() {
        return spec().at("/mounts")
                .valueStream()
                .map(each -> each.path("destination").asString())
                .toList();
    }

    private JsonNode mountOn(String target) {
        return spec().at("/mounts")
                .valueStream()
                .filter(each -> each.path("destination").asString().equals(target))
                .findFirst()
                .orElseThrow();
    }

    private static MountSpec propagated(Propagation propagation) {
        return new MountSpec(
                "/a",
                "/a",
                false,
                false,
                false,
                propagation,
                List.of(),
                List.of(),
                null,
                "",
                List.of());
    }

    private JsonNode spec() {
        return OciSpec.of(builder.build());
    }

    private List<String> args() {
        return spec().at("/process/args").valueStream().map(JsonNode::asString).toList();
    }

    private List<String> env() {
        return spec().at("/process/env").valueStream().map(JsonNode::asString).toList();
    }

    private List<String> namespaces() {
        return spec().at("/linux/namespaces")
                .valueStream()
                .map(each -> each.path("type").asString() + " " + each.path("path").asString(""))
                .toList();
    }

    /** On purpose changed files are written anew from the message of the failure. */
    private void assertEqualsGolden(String name) throws IOException {
        try (InputStream golden = OciSpecTest.class.getResourceAsStream(name)) {
            String expected =
                    golden == null ? "" : new String(golden.readAllBytes(), StandardCharsets.UTF_8);
            String actual = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(spec()) + "\n";
            assertThat(actual).isEqualTo(expected);
        }
    }
}
