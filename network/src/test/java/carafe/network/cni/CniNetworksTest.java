package carafe.network.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
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
    private ScriptedPlugins plugins;

    @BeforeEach
    void install() throws IOException {
        plugins = new ScriptedPlugins(dir, "bridge", "portmap");
        plugins.print(RESULT);
    }

    @AfterEach
    void close() {
        plugins.close();
    }

    @Test
    void withoutConfigurationTheNetworkIsNotReadyAndSaysWhere() throws IOException {
        CniNetworks.Readiness readiness = plugins.networks().readiness();

        assertThat(readiness.ready()).isFalse();
        assertThat(readiness.message()).contains("no CNI configuration").contains("net.d");
    }

    @Test
    void attachRunsEveryPluginInOrderAndGivesThePodsOwnAddresses() throws IOException {
        configure();

        Attachment attachment = plugins.networks().attach(request());

        assertThat(attachment.addresses()).containsExactly("10.9.0.7", "fd00::7");
        assertThat(plugins.called()).containsExactly("ADD bridge eth0", "ADD portmap eth0");
    }

    @Test
    void aFailingPluginIsNamedAndWhatWasBegunIsUndone() throws IOException {
        configure();
        plugins.fail("ADD portmap");

        assertThatThrownBy(() -> plugins.networks().attach(request()))
                .isInstanceOf(CarafeException.Unavailable.class)
                .hasMessageContaining("portmap")
                .hasMessageContaining("no such table");
        assertThat(plugins.called())
                .containsExactly(
                        "ADD bridge eth0",
                        "ADD portmap eth0",
                        "DEL portmap eth0",
                        "DEL bridge eth0");
        assertThat(plugins.records()).isEmptyDirectory();
    }

    @Test
    void detachUsesTheConfigurationOfTheAttachAndMayBeRepeated() throws IOException {
        configure();
        plugins.networks().attach(request());
        Files.delete(plugins.configs().resolve("10-net.conflist"));
        plugins.calls().clear();

        plugins.networks().detach(request());
        plugins.networks().detach(request());

        assertThat(plugins.called()).containsExactly("DEL portmap eth0", "DEL bridge eth0");
    }

    @Test
    void aFailingDetachKeepsItsRecordForTheRetry() throws IOException {
        configure();
        plugins.networks().attach(request());
        plugins.fail("DEL bridge");
        assertThatThrownBy(() -> plugins.networks().detach(request())).hasMessageContaining("DEL");
        plugins.fail("");
        plugins.calls().clear();

        plugins.networks().detach(request());

        assertThat(plugins.called()).containsExactly("DEL portmap eth0", "DEL bridge eth0");
        assertThat(plugins.records()).isEmptyDirectory();
    }

    @Test
    void aBrokenNewConfigurationLeavesTheLastGoodInForceAndIsReported() throws IOException {
        configure();
        CniNetworks networks = plugins.networks();
        assertThat(networks.readiness().ready()).isTrue();

        Files.writeString(plugins.configs().resolve("10-net.conflist"), "{\"name\": \"x\", ");

        CniNetworks.Readiness readiness = networks.readiness();
        assertThat(readiness.ready()).isTrue();
        assertThat(readiness.message()).contains("10-net.conflist").contains("not JSON");
    }

    @Test
    void aPluginOthersMayWriteToIsRefused() throws IOException {
        configure();
        Files.setPosixFilePermissions(
                plugins.programs().resolve("portmap"),
                PosixFilePermissions.fromString("rwxrwxrwx"));

        CniNetworks.Readiness readiness = plugins.networks().readiness();

        assertThat(readiness.ready()).isFalse();
        assertThat(readiness.message()).contains("portmap").contains("may write");
    }

    /** CVE-2021-20206, in six shapes. */
    @ParameterizedTest
    @ValueSource(strings = {"../../bin/sh", "/bin/sh", "a/b", "..", "", "sh\\u0000x"})
    void aPluginTypeThatIsAPathIsRefused(String type) throws IOException {
        Files.writeString(
                plugins.configs().resolve("10.conf"),
                "{\"cniVersion\":\"1.0.0\",\"name\":\"n\",\"type\":\"%s\"}".formatted(type));

        CniNetworks.Readiness readiness = plugins.networks().readiness();

        assertThat(readiness.ready()).isFalse();
        assertThat(readiness.message()).contains("plain name of a program");
    }

    /**
     * A directory that changes under the reader a thousand times, half written every other time.
     */
    @Test
    void halfWrittenConfigurationsNeverReplaceAWholeOne() throws IOException {
        configure();
        CniNetworks networks = plugins.networks();
        assertThat(networks.readiness().ready()).isTrue();
        Path file = plugins.configs().resolve("10-net.conflist");
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

    private void configure() throws IOException {
        Files.writeString(
                plugins.configs().resolve("10-net.conflist"),
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
