package carafe.network.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.base.DiskFiles;
import carafe.base.trace.Spans;
import carafe.base.trace.Trace;
import carafe.base.trace.Tracer;
import carafe.network.process.ChildProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** All verbs and what plugins are told, with scripted plugins. */
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
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final CountDownLatch never = new CountDownLatch(1);
    private volatile String failing = "";
    private volatile String hanging = "";
    private volatile String printed = "";
    private CniNetworks networks;

    private record Call(String what, Map<String, String> environment, JsonNode input) {}

    @BeforeEach
    void install() throws IOException {
        Files.createDirectory(dir.resolve("net.d"));
        Files.createDirectory(dir.resolve("bin"));
        for (String plugin : List.of("one", "two")) {
            Path file = Files.writeString(dir.resolve("bin").resolve(plugin), "#!/bin/sh\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        networks = networks(CniNetworks.Choice.USUAL);
    }

    @AfterEach
    void close() {
        networks.close();
    }

    @Test
    void aPluginIsToldTheTraceOfItsSpan() throws IOException {
        configure("10.conflist", "1.0.0", "{\"type\":\"one\"}");
        Trace trace = new Trace("a".repeat(32), "b".repeat(16), true);
        Spans.within(
                Tracer.CALLERS.call("RunPodSandbox", Optional.of(trace)),
                () -> networks.attach(request()));
        assertThat(calls.getFirst().environment()).containsEntry("TRACEPARENT", trace.header());
    }

    @Test
    void aPluginIsToldExactlyWhatItsConfigurationAsksFor() throws IOException {
        configure(
                "10.conflist",
                "1.0.0",
                """
                {"type":"one","capabilities":{"portMappings":true,"bandwidth":true,"dns":true,"ipRanges":true,
                 "cgroupPath":true,"io.kubernetes.cri.pod-annotations":true,"mac":true,"aliases":false}},
                {"type":"two"}\
                """);
        networks.announce("10.5.0.0/24,fd05::/64");

        networks.attach(request());

        assertThat(calls.getFirst().input().path("runtimeConfig"))
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
        assertThat(calls.getFirst().input().has("capabilities")).isFalse();
        assertThat(calls.get(1).input().has("runtimeConfig")).isFalse();
        assertThat(calls.getFirst().environment())
                .containsOnly(
                        Map.entry("CNI_COMMAND", "ADD"),
                        Map.entry("CNI_CONTAINERID", "pod1"),
                        Map.entry("CNI_NETNS", "/proc/1/ns/net"),
                        Map.entry("CNI_IFNAME", "eth0"),
                        Map.entry(
                                "CNI_ARGS",
                                "IgnoreUnknown=1;K8S_POD_NAME=web-1;K8S_POD_NAMESPACE=default"),
                        Map.entry("CNI_PATH", dir.resolve("bin").toString()),
                        Map.entry(
                                "PATH",
                                "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"));
    }

    @Test
    void delSaysWhatAddSaidThoughTheRequestNoLongerDoes() throws IOException {
        configure(
                "10.conflist",
                "1.0.0",
                "{\"type\":\"one\",\"capabilities\":{\"portMappings\":true,\"dns\":true}}");
        networks.attach(request());

        networks.detach(new AttachRequest("pod1", "", Map.of(), List.of()));

        assertThat(calls.getLast().what()).isEqualTo("DEL one eth0");
        assertThat(calls.getLast().input().path("runtimeConfig"))
                .isEqualTo(calls.getFirst().input().path("runtimeConfig"));
        assertThat(calls.getLast().input().path("prevResult").path("ips")).hasSize(1);
        assertThat(calls.getLast().environment()).containsEntry("CNI_NETNS", "");
    }

    @Test
    void aBandwidthThatIsNoneIsRefusedByName() throws IOException {
        configure("10.conflist", "1.0.0", "{\"type\":\"one\"}");
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
        assertThat(calls).isEmpty();
    }

    @Test
    void severalNetworksGiveSeveralInterfacesAndGoInReverse() throws IOException {
        configure("10.conflist", "1.0.0", "{\"type\":\"one\"}");
        configure("20.conflist", "1.0.0", "{\"type\":\"two\"}");
        CniNetworks all = networks(new CniNetworks.Choice("20", 0));

        Attachment attachment = all.attach(request());
        all.detach(request());

        assertThat(attachment.addresses()).containsExactly("10.9.0.7", "10.9.0.7");
        assertThat(calls.stream().map(Call::what))
                .containsExactly("ADD two eth0", "ADD one eth1", "DEL one eth1", "DEL two eth0");
        assertThat(dir.resolve("records")).isEmptyDirectory();
        all.close();
    }

    @Test
    void aFailureInTheSecondNetworkUndoesTheFirst() throws IOException {
        configure("10.conflist", "1.0.0", "{\"type\":\"one\"}");
        configure("20.conflist", "1.0.0", "{\"type\":\"two\"}");
        CniNetworks all = networks(new CniNetworks.Choice("", 2));
        failing = "ADD two";

        assertThatThrownBy(() -> all.attach(request())).hasMessageContaining("two");

        assertThat(calls.stream().map(Call::what))
                .containsExactly("ADD one eth0", "ADD two eth1", "DEL two eth1", "DEL one eth0");
        assertThat(dir.resolve("records")).isEmptyDirectory();
        all.close();
    }

    @Test
    void aNetworkThatIsNotThereIsNamedWithThoseThatAre() throws IOException {
        configure("10.conflist", "1.0.0", "{\"type\":\"one\"}");
        CniNetworks other = networks(new CniNetworks.Choice("blue", 1));

        assertThat(other.readiness().ready()).isFalse();
        assertThat(other.readiness().message()).contains("blue", "cni.network", "[10]");
        other.close();
    }

    @Test
    void garbageInsteadOfAResultIsAnErrorAndUndone() throws IOException {
        configure("10.conflist", "1.0.0", "{\"type\":\"one\"}");
        printed = "hello";

        assertThatThrownBy(() -> networks.attach(request()))
                .isInstanceOf(CarafeException.Unavailable.class)
                .hasMessageContaining("no JSON result");
        assertThat(calls.getLast().what()).isEqualTo("DEL one eth0");
        assertThat(dir.resolve("records")).isEmptyDirectory();
    }

    @Test
    void statusIsAskedSince11AndItsErrorIsTheReason() throws Exception {
        configure("10.conflist", "1.1.0", "{\"type\":\"one\"}");
        failing = "STATUS one";

        await(() -> networks.readiness().message().contains("no such table"));
        assertThat(networks.readiness().ready()).isFalse();
        assertThat(networks.readiness().reason()).isEqualTo("CNIPluginNotReady");
        assertThat(calls.getFirst().environment().keySet())
                .containsExactlyInAnyOrder("CNI_COMMAND", "CNI_PATH", "PATH");
    }

    @Test
    void aStatusThatHangsHoldsUpNobody() throws IOException {
        configure("10.conflist", "1.1.0", "{\"type\":\"one\"}");
        hanging = "STATUS";

        long begin = System.nanoTime();
        for (int i = 0; i < 10; i++) {
            assertThat(networks.readiness().message()).contains("have not answered to STATUS yet");
        }

        assertThat(System.nanoTime() - begin).isLessThan(Duration.ofSeconds(5).toNanos());
        assertThat(calls).hasSize(1);
        never.countDown();
    }

    @Test
    void olderVersionsAreAskedNeitherStatusNorGc() throws Exception {
        configure("10.conflist", "1.0.0", "{\"type\":\"one\"}");
        networks.attach(request());
        calls.clear();

        assertThat(networks.readiness().ready()).isTrue();
        networks.recover(List.of(request()));

        await(() -> !calls.isEmpty());
        assertThat(calls.stream().map(Call::what)).containsExactly("CHECK one eth0");
    }

    @Test
    void aConfigurationMayForbidCheckAndGc() throws Exception {
        configure(
                "10.conflist",
                "1.1.0\",\"disableCheck\":true,\"disableGC\":true,\"x\":\"",
                "{\"type\":\"one\"}");
        networks.attach(request());
        calls.clear();

        networks.check(request());
        networks.recover(List.of());

        await(() -> !calls.isEmpty());
        assertThat(calls.stream().map(Call::what)).containsExactly("DEL one eth0");
    }

    @Test
    void whatBelongsToNoPodIsGivenBackAtTheStart() throws Exception {
        configure("10.conflist", "1.1.0", "{\"type\":\"one\"}");
        networks.attach(request());
        networks.attach(new AttachRequest("gone", "/proc/2/ns/net", Map.of(), List.of()));
        calls.clear();

        networks.recover(List.of(request()));

        await(() -> calls.stream().anyMatch(c -> c.what().equals("GC one -")));
        assertThat(calls.stream().map(Call::what))
                .containsExactly("DEL one eth0", "CHECK one eth0", "GC one -");
        assertThat(calls.getFirst().environment())
                .containsEntry("CNI_CONTAINERID", "gone")
                .containsEntry("CNI_NETNS", "");
        assertThat(calls.getLast().input().path("cni.dev/valid-attachments"))
                .isEqualTo(json.readTree("[{\"containerID\":\"pod1\",\"ifname\":\"eth0\"}]"));
        assertThat(calls.getLast().environment()).doesNotContainKey("CNI_CONTAINERID");
    }

    @Test
    void aRecordOfTheFirstVersionStillLeadsToItsDel() throws IOException {
        configure("10.conflist", "1.0.0", "{\"type\":\"two\"}");
        Files.createDirectories(dir.resolve("records"));
        Files.writeString(
                dir.resolve("records/pod1.json"),
                """
                {"version":1,"network":{"name":"old","cniVersion":"1.0.0","plugins":[{"type":"one",
                 "capabilities":{"portMappings":true}}]},"result":"{\\"ips\\":[]}"}\
                """);

        networks.detach(request());

        assertThat(calls.stream().map(Call::what)).containsExactly("DEL one eth0");
        assertThat(calls.getFirst().input().path("runtimeConfig").path("portMappings")).hasSize(1);
        assertThat(dir.resolve("records")).isEmptyDirectory();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 4000 && !condition.getAsBoolean(); i++) {
            Thread.sleep(5);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private CniNetworks networks(CniNetworks.Choice choice) {
        try {
            return new CniNetworks(
                    new CniNetworks.Settings(
                            dir.resolve("net.d"),
                            List.of(dir.resolve("bin")),
                            dir.resolve("records"),
                            Duration.ofSeconds(5),
                            Set.of((Integer) Files.getAttribute(dir, "unix:uid")),
                            choice),
                    new DiskFiles(),
                    this::plugin);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ChildProgram.Output plugin(
            List<String> command,
            Map<String, String> environment,
            byte[] stdin,
            Duration deadline) {
        String verb = environment.getOrDefault("CNI_COMMAND", "");
        String plugin = String.valueOf(Path.of(command.getFirst()).getFileName());
        calls.add(
                new Call(
                        "%s %s %s"
                                .formatted(
                                        verb, plugin, environment.getOrDefault("CNI_IFNAME", "-")),
                        environment,
                        json.readTree(stdin)));
        if (verb.equals(hanging)) {
            try {
                boolean _ = never.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if ((verb + " " + plugin).equals(failing)) {
            return new ChildProgram.Output(1, "{\"code\":11,\"msg\":\"no such table\"}", "");
        }
        String result = "{\"cniVersion\":\"1.0.0\",\"ips\":[{\"address\":\"10.9.0.7/16\"}]}";
        return new ChildProgram.Output(
                0, verb.equals("ADD") ? (printed.isEmpty() ? result : printed) : "", "");
    }

    private void configure(String file, String version, String plugins) throws IOException {
        Files.writeString(
                dir.resolve("net.d").resolve(file),
                "{\"cniVersion\":\"%s\",\"name\":\"%s\",\"plugins\":[%s]}"
                        .formatted(version, file.substring(0, 2), plugins));
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
