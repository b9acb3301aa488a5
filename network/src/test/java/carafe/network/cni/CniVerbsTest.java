package carafe.network.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.base.trace.Spans;
import carafe.base.trace.Trace;
import carafe.base.trace.Tracer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** ADD and DEL of one network and of several, and what plugins are told, with scripted plugins. */
final class CniVerbsTest {
    private static final AttachRequest.Extras EXTRAS =
            new AttachRequest.Extras(
                    Map.of(
                            "kubernetes.io/ingress-bandwidth", "10M",
                            "kubernetes.io/egress-bandwidth", "512Ki"),
                    new AttachRequest.Dns(
                            List.of("10.0.0.10"), List.of("svc.local"), List.of("ndots:5")),
                    "/kubepods/pod1");

    @TempDir Path dir;
    private final JsonMapper json = JsonMapper.builder().build();
    private ScriptedPlugins plugins;
    private CniNetworks networks;

    @BeforeEach
    void install() throws IOException {
        plugins = new ScriptedPlugins(dir, "one", "two");
        networks = plugins.networks();
    }

    @AfterEach
    void close() {
        plugins.close();
    }

    @Test
    void aPluginIsToldTheTraceOfItsSpan() throws IOException {
        plugins.configure("10.conflist", "1.0.0", "{\"type\":\"one\"}");
        Trace trace = new Trace("a".repeat(32), "b".repeat(16), true);

        Spans.within(
                Tracer.CALLERS.call("RunPodSandbox", Optional.of(trace)),
                () -> networks.attach(request()));

        assertThat(plugins.calls().getFirst().environment())
                .containsEntry("TRACEPARENT", trace.header());
    }

    @Test
    void aPluginIsToldExactlyWhatItsConfigurationAsksFor() throws IOException {
        plugins.configure(
                "10.conflist",
                "1.0.0",
                """
                {"type":"one","capabilities":{"portMappings":true,"bandwidth":true,"dns":true,"ipRanges":true,
                 "cgroupPath":true,"io.kubernetes.cri.pod-annotations":true,"mac":true,"aliases":false}},
                {"type":"two"}\
                """);
        networks.announce("10.5.0.0/24,fd05::/64");

        networks.attach(request());

        assertThat(plugins.calls().getFirst().input().path("runtimeConfig"))
                .isEqualTo(
                        json.readTree(
                                """
                                {"portMappings":[{"hostPort":80,"containerPort":8080,"protocol":"tcp","hostIP":"10.1.1.1"}],
                                 "bandwidth":{"ingressRate":10000000,"ingressBurst":10000000,"egressRate":524288,"egressBurst":524288},
                                 "dns":{"servers":["10.0.0.10"],"searches":["svc.local"],"options":["ndots:5"]},
                                 "ipRanges":[[{"subnet":"10.5.0.0/24"}],[{"subnet":"fd05::/64"}]],
                                 "cgroupPath":"/kubepods/pod1",
                                 "io.kubernetes.cri.pod-annotations":{"kubernetes.io/ingress-bandwidth":"10M",
                                   "kubernetes.io/egress-bandwidth":"512Ki"}}
                                """));
        assertThat(plugins.calls().getFirst().input().has("capabilities")).isFalse();
        assertThat(plugins.calls().get(1).input().has("runtimeConfig")).isFalse();
        assertThat(plugins.calls().getFirst().environment())
                .containsOnly(
                        Map.entry("CNI_COMMAND", "ADD"),
                        Map.entry("CNI_CONTAINERID", "pod1"),
                        Map.entry("CNI_NETNS", "/proc/1/ns/net"),
                        Map.entry("CNI_IFNAME", "eth0"),
                        Map.entry(
                                "CNI_ARGS",
                                "IgnoreUnknown=1;K8S_POD_NAME=web-1;K8S_POD_NAMESPACE=default"),
                        Map.entry("CNI_PATH", plugins.programs().toString()),
                        Map.entry(
                                "PATH",
                                "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"));
    }

    @Test
    void delSaysWhatAddSaidThoughTheRequestNoLongerDoes() throws IOException {
        plugins.configure(
                "10.conflist",
                "1.0.0",
                "{\"type\":\"one\",\"capabilities\":{\"portMappings\":true,\"dns\":true}}");
        networks.attach(request());

        networks.detach(new AttachRequest("pod1", "", Map.of(), List.of()));

        assertThat(plugins.calls().getLast().what()).isEqualTo("DEL one eth0");
        assertThat(plugins.calls().getLast().input().path("runtimeConfig"))
                .isEqualTo(plugins.calls().getFirst().input().path("runtimeConfig"));
        assertThat(plugins.calls().getLast().input().path("prevResult").path("ips")).hasSize(1);
        assertThat(plugins.calls().getLast().environment()).containsEntry("CNI_NETNS", "");
    }

    @Test
    void aBandwidthThatIsNoneIsRefusedByName() throws IOException {
        plugins.configure("10.conflist", "1.0.0", "{\"type\":\"one\"}");
        for (String wrong : List.of("fast", "1", "2000P", "-1M", "1.M", "")) {
            AttachRequest.Extras extras =
                    new AttachRequest.Extras(
                            Map.of("kubernetes.io/egress-bandwidth", wrong), EXTRAS.dns(), "");
            assertThatThrownBy(() ->
                            networks.attach(
                                    new AttachRequest("p", "/n", Map.of(), List.of(), extras)))
                    .isInstanceOf(CarafeException.Invalid.class)
                    .hasMessageContaining("egress-bandwidth");
        }
        assertThat(plugins.calls()).isEmpty();
    }

    @Test
    void severalNetworksGiveSeveralInterfacesAndGoInReverse() throws IOException {
        plugins.configure("10.conflist", "1.0.0", "{\"type\":\"one\"}");
        plugins.configure("20.conflist", "1.0.0", "{\"type\":\"two\"}");
        CniNetworks all = plugins.networks(new CniNetworks.Choice("20", 0));

        Attachment attachment = all.attach(request());
        all.detach(request());

        assertThat(attachment.addresses()).containsExactly("10.9.0.7", "10.9.0.7");
        assertThat(plugins.called())
                .containsExactly("ADD two eth0", "ADD one eth1", "DEL one eth1", "DEL two eth0");
        assertThat(plugins.records()).isEmptyDirectory();
    }

    @Test
    void aFailureInTheSecondNetworkUndoesTheFirst() throws IOException {
        plugins.configure("10.conflist", "1.0.0", "{\"type\":\"one\"}");
        plugins.configure("20.conflist", "1.0.0", "{\"type\":\"two\"}");
        CniNetworks all = plugins.networks(new CniNetworks.Choice("", 2));
        plugins.fail("ADD two");

        assertThatThrownBy(() -> all.attach(request())).hasMessageContaining("two");

        assertThat(plugins.called())
                .containsExactly("ADD one eth0", "ADD two eth1", "DEL two eth1", "DEL one eth0");
        assertThat(plugins.records()).isEmptyDirectory();
    }

    @Test
    void aNetworkThatIsNotThereIsNamedWithThoseThatAre() throws IOException {
        plugins.configure("10.conflist", "1.0.0", "{\"type\":\"one\"}");
        CniNetworks other = plugins.networks(new CniNetworks.Choice("blue", 1));

        assertThat(other.readiness().ready()).isFalse();
        assertThat(other.readiness().message()).contains("blue", "cni.network", "[10]");
    }

    @Test
    void garbageInsteadOfAResultIsAnErrorAndUndone() throws IOException {
        plugins.configure("10.conflist", "1.0.0", "{\"type\":\"one\"}");
        plugins.print("hello");

        assertThatThrownBy(() -> networks.attach(request()))
                .isInstanceOf(CarafeException.Unavailable.class)
                .hasMessageContaining("no JSON result");
        assertThat(plugins.calls().getLast().what()).isEqualTo("DEL one eth0");
        assertThat(plugins.records()).isEmptyDirectory();
    }

    @Test
    void aRecordOfTheFirstVersionStillLeadsToItsDel() throws IOException {
        plugins.configure("10.conflist", "1.0.0", "{\"type\":\"two\"}");
        Files.createDirectories(plugins.records());
        Files.writeString(
                plugins.records().resolve("pod1.json"),
                """
                {"version":1,"network":{"name":"old","cniVersion":"1.0.0","plugins":[{"type":"one",
                 "capabilities":{"portMappings":true}}]},"result":"{\\"ips\\":[]}"}\
                """);

        networks.detach(request());

        assertThat(plugins.called()).containsExactly("DEL one eth0");
        assertThat(plugins.calls().getFirst().input().path("runtimeConfig").path("portMappings"))
                .hasSize(1);
        assertThat(plugins.records()).isEmptyDirectory();
    }

    private static AttachRequest request() {
        return new AttachRequest(
                "pod1",
                "/proc/1/ns/net",
                Map.of("K8S_POD_NAME", "web-1", "K8S_POD_NAMESPACE", "default"),
                List.of(new AttachRequest.PortMapping(80, 8080, "tcp", "10.1.1.1")),
                EXTRAS);
    }
}
