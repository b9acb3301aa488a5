package carafe.network.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.base.DiskFiles;
import carafe.network.process.ChildProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attaching and detaching with scripted plugins. */
final class CniNetworksTest {
    private static final String RESULT =
            """
            {"cniVersion":"1.0.0","interfaces":[{"name":"br"},{"name":"eth0","sandbox":"/x"}],
             "ips":[{"address":"10.9.0.7/16","interface":1},{"address":"fd00::7/64","interface":1},
                    {"address":"10.9.0.1/16","interface":0}]}\
            """;

    @TempDir Path dir;
    private final List<String> calls = new ArrayList<>();
    private String failing = "";

    @BeforeEach
    void install() throws IOException {
        Files.createDirectory(dir.resolve("net.d"));
        Files.createDirectory(dir.resolve("bin"));
        for (String plugin : List.of("bridge", "portmap")) {
            Path file = Files.writeString(dir.resolve("bin").resolve(plugin), "#!/bin/sh\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    @Test
    void withoutConfigurationTheNetworkIsNotReadyAndSaysWhere() {
        CniNetworks.Readiness readiness = networks().readiness();

        assertThat(readiness.ready()).isFalse();
        assertThat(readiness.message()).contains("no CNI configuration").contains("net.d");
    }

    @Test
    void attachRunsEveryPluginInOrderAndGivesThePodsOwnAddresses() throws IOException {
        configure("10-net.conflist");

        Attachment attachment = networks().attach(request());

        assertThat(attachment.addresses()).containsExactly("10.9.0.7", "fd00::7");
        assertThat(calls).containsExactly("ADD bridge", "ADD portmap");
    }

    @Test
    void aFailingPluginIsNamedAndWhatWasBegunIsUndone() throws IOException {
        configure("10-net.conflist");
        failing = "ADD portmap";

        assertThatThrownBy(() -> networks().attach(request()))
                .isInstanceOf(CarafeException.Unavailable.class)
                .hasMessageContaining("portmap")
                .hasMessageContaining("no such table");
        assertThat(calls).containsExactly("ADD bridge", "ADD portmap", "DEL portmap", "DEL bridge");
        assertThat(dir.resolve("records")).isEmptyDirectory();
    }

    @Test
    void detachUsesTheConfigurationOfTheAttachAndMayBeRepeated() throws IOException {
        configure("10-net.conflist");
        networks().attach(request());
        Files.delete(dir.resolve("net.d/10-net.conflist"));
        calls.clear();

        networks().detach(request());
        networks().detach(request());

        assertThat(calls).containsExactly("DEL portmap", "DEL bridge");
    }

    @Test
    void aFailingDetachKeepsItsRecordForTheRetry() throws IOException {
        configure("10-net.conflist");
        networks().attach(request());
        failing = "DEL bridge";
        assertThatThrownBy(() -> networks().detach(request())).hasMessageContaining("DEL");
        failing = "";
        calls.clear();

        networks().detach(request());

        assertThat(calls).containsExactly("DEL portmap", "DEL bridge");
        assertThat(dir.resolve("records")).isEmptyDirectory();
    }

    @Test
    void aBrokenNewConfigurationLeavesTheLastGoodInForceAndIsReported() throws IOException {
        configure("10-net.conflist");
        CniNetworks networks = networks();
        assertThat(networks.readiness().ready()).isTrue();

        Files.writeString(dir.resolve("net.d/10-net.conflist"), "{\"name\": \"x\", ");

        CniNetworks.Readiness readiness = networks.readiness();
        assertThat(readiness.ready()).isTrue();
        assertThat(readiness.message()).contains("10-net.conflist").contains("not JSON");
    }

    @Test
    void aPluginOthersMayWriteToIsRefused() throws IOException {
        configure("10-net.conflist");
        Files.setPosixFilePermissions(
                dir.resolve("bin/portmap"), PosixFilePermissions.fromString("rwxrwxrwx"));

        CniNetworks.Readiness readiness = networks().readiness();

        assertThat(readiness.ready()).isFalse();
        assertThat(readiness.message()).contains("portmap").contains("may write");
    }

    /** CVE-2021-20206, in six shapes. */
    @ParameterizedTest
    @ValueSource(strings = {"../../bin/sh", "/bin/sh", "a/b", "..", "", "sh\\u0000x"})
    void aPluginTypeThatIsAPathIsRefused(String type) throws IOException {
        Files.writeString(
                dir.resolve("net.d/10.conf"),
                "{\"cniVersion\":\"1.0.0\",\"name\":\"n\",\"type\":\"%s\"}".formatted(type));

        CniNetworks.Readiness readiness = networks().readiness();

        assertThat(readiness.ready()).isFalse();
        assertThat(readiness.message()).contains("plain name of a program");
    }

    /**
     * A directory that changes under the reader a thousand times, half written every other time.
     */
    @Test
    void halfWrittenConfigurationsNeverReplaceAWholeOne() throws IOException {
        configure("10-net.conflist");
        CniNetworks networks = networks();
        assertThat(networks.readiness().ready()).isTrue();
        Path file = dir.resolve("net.d/10-net.conflist");
        String whole = Files.readString(file);
        for (int i = 0; i < 1000; i++) {
            boolean torn = i % 2 == 0;
            String content = whole.replace("test", "test" + i);
            Files.writeString(file, torn ? content.substring(0, i % content.length()) : content);

            CniNetworks.Readiness readiness = networks.readiness();

            assertThat(readiness.ready()).isTrue();
            assertThat(readiness.message().isEmpty()).as("round %d", i).isEqualTo(!torn);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a;X=1", "a=b", "a\nb", "a\0b", ";"})
    void anArgumentThatWouldSmuggleAnotherIsRefused(String name) {
        assertThatThrownBy(() ->
                        new AttachRequest("id", "/ns", Map.of("K8S_POD_NAME", name), List.of()))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("K8S_POD_NAME");
    }

    private CniNetworks networks() {
        try {
            return new CniNetworks(
                    new CniNetworks.Settings(
                            dir.resolve("net.d"),
                            List.of(dir.resolve("bin")),
                            dir.resolve("records"),
                            Duration.ofSeconds(5),
                            Set.of((Integer) Files.getAttribute(dir, "unix:uid")),
                            CniNetworks.Choice.USUAL),
                    new DiskFiles(),
                    this::plugin);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private ChildProgram.Output plugin(
            List<String> command,
            Map<String, String> environment,
            byte[] stdin,
            Duration deadline) {
        String call =
                environment.get("CNI_COMMAND") + " " + Path.of(command.getFirst()).getFileName();
        calls.add(call);
        if (call.equals(failing)) {
            return new ChildProgram.Output(1, "{\"code\":11,\"msg\":\"no such table\"}", "");
        }
        return new ChildProgram.Output(0, call.startsWith("ADD") ? RESULT : "", "");
    }

    private void configure(String name) throws IOException {
        Files.writeString(
                dir.resolve("net.d").resolve(name),
                """
                {"cniVersion":"1.0.0","name":"test","plugins":[
                  {"type":"bridge"},{"type":"portmap","capabilities":{"portMappings":true}}]}\
                """);
    }

    private static AttachRequest request() {
        return new AttachRequest(
                "pod1", "/proc/1/ns/net", Map.of("K8S_POD_NAME", "web-1"), List.of());
    }
}
