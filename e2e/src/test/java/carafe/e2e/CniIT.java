package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.RuntimeCondition;
import carafe.proto.cri.StatusRequest;
import carafe.testkit.daemon.Instance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Pods in a network of the reference plugins: bridge, host-local, loopback. */
@Timeout(90)
final class CniIT {
    @RegisterExtension static final Node node = new Node(CniIT::configure);

    /** A bridge of the instance's own; its pods have addresses of 10.231.77.0/24. */
    static List<String> configure(Instance instance) throws IOException {
        return write(instance, "");
    }

    /** The same, with the ports that pods ask for on the host. */
    static List<String> configureWithHostPorts(Instance instance) throws IOException {
        return write(
                instance, ", {\"type\": \"portmap\", \"capabilities\": {\"portMappings\": true}}");
    }

    private static List<String> write(Instance instance, String more) throws IOException {
        Files.createDirectories(instance.cniData());
        Files.writeString(
                instance.cniConf().resolve("10-e2e.conflist"),
                """
                {"cniVersion": "1.0.0", "name": "%1$s", "plugins": [
                  {"type": "bridge", "bridge": "%1$s", "isGateway": true, "hairpinMode": true,
                   "ipam": {"type": "host-local", "dataDir": "%2$s",
                            "ranges": [[{"subnet": "10.231.77.0/24"}]]}},
                  {"type": "loopback"}%3$s]}
                """
                        .formatted(instance.bridge(), instance.cniData(), more));
        return List.of("--cni-bin-dir", plugins(instance).toString());
    }

    /** Debian's plugins, and room for a test's own. */
    private static Path plugins(Instance instance) throws IOException {
        Path dir = Files.createDirectories(instance.dir().resolve("plugins"));
        try (Stream<Path> all = Files.list(Path.of("/usr/lib/cni"))) {
            for (Path each : all.toList()) {
                Files.createSymbolicLink(dir.resolve(each.getFileName()), each);
            }
        }
        return dir;
    }

    @Test
    void theNetworkIsReady() {
        assertThat(
                        node.client()
                                .runtime()
                                .status(StatusRequest.getDefaultInstance())
                                .getStatus()
                                .getConditionsList())
                .filteredOn(condition -> condition.getType().equals("NetworkReady"))
                .allMatch(RuntimeCondition::getStatus)
                .hasSize(1);
    }

    @Test
    void twoPodsReachEachOtherByTheAddressesOfTheirStatus() {
        Member one = member("one");
        Member two = member("two");

        assertThat(one.ip()).startsWith("10.231.77.").isNotEqualTo(two.ip());
        assertThat(out(one, "ip", "-4", "addr", "show", "dev", "eth0")).contains(one.ip() + "/24");
        assertThat(out(one, "ping", "-c", "2", "-W", "2", two.ip())).contains(" 0% packet loss");
        assertThat(out(two, "ping", "-c", "2", "-W", "2", one.ip())).contains(" 0% packet loss");
        assertThat(out(two, "ping", "-c", "1", "-W", "2", "127.0.0.1")).contains(" 0% packet loss");
    }

    @Test
    void containersOfOnePodShareItsAddress() {
        Member first = member("shared");
        String second =
                node.kubelet()
                        .run(
                                first.podId(),
                                first.pod(),
                                node.container("b", "sleep", "50").build());

        String seen = node.kubelet().exec(second, "ip", "addr").getStdout().toStringUtf8();

        assertThat(seen).contains(first.ip() + "/24");
    }

    @Test
    void anAddressIsGivenBackWhenThePodStops() throws IOException {
        Member member = member("leaves");
        assertThat(leases()).contains(member.ip());

        node.kubelet().stopPod(member.podId());

        assertThat(leases()).doesNotContain(member.ip());
        assertThat(names(Path.of("/sys/class/net", node.instance().bridge(), "brif"))).isEmpty();
    }

    /** The namespace is gone with the pod's holder; DEL still runs. */
    @Test
    void anAddressIsGivenBackAfterTheDaemonAndThePodWereKilled()
            throws IOException, InterruptedException {
        Member member = member("orphan");
        Path bundle = node.instance().state().resolve("pods").resolve(member.podId());
        long holder = Long.parseLong(Files.readString(bundle.resolve("pid")).split(" ", 2)[0]);
        node.daemon().kill();
        assertThat(holder).isGreaterThan(1);
        ProcessHandle.of(holder).ifPresent(ProcessHandle::destroyForcibly);
        node.daemon().start();
        node.client().reconnectNow();
        assertThat(node.kubelet().podStatus(member.podId()).getNetwork().getIp())
                .isEqualTo(member.ip());

        node.kubelet().stopPod(member.podId());

        assertThat(leases()).doesNotContain(member.ip());
    }

    /** Ten ADDs that never end: the node stays ready, and every undo has its own deadline. */
    @Test
    void hungPluginsHoldUpNobodyElse() throws Exception {
        Path go = node.instance().scratch().resolve("go");
        Path plugin = node.instance().dir().resolve("plugins/hang");
        Files.writeString(
                plugin,
                """
                #!/bin/sh
                [ "$CNI_COMMAND" = ADD ] || exit 0
                while [ ! -e %s ]; do sleep 0.1; done
                echo '{"code":11,"msg":"waited enough"}'; exit 1
                """
                        .formatted(go));
        Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path first = node.instance().cniConf().resolve("05-hang.conflist");
        Files.writeString(
                first,
                "{\"cniVersion\":\"1.0.0\",\"name\":\"hang\",\"plugins\":[{\"type\":\"hang\"}]}");
        List<Future<String>> pods = new ArrayList<>();
        try (ExecutorService clients = Executors.newFixedThreadPool(10)) {
            for (int i = 0; i < 10; i++) {
                PodSandboxConfig pod = node.pod("hung").build();
                pods.add(clients.submit(() -> node.kubelet().runPod(pod)));
            }
            List<Long> millis = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                long begin = System.nanoTime();
                node.client().runtime().status(StatusRequest.getDefaultInstance());
                millis.add((System.nanoTime() - begin) / 1_000_000);
            }
            // A hung network would show in each of them; one slow answer is the machine's.
            assertThat(millis.stream().sorted().toList().get(25)).isLessThan(100);
            Files.createFile(go);
        } finally {
            Files.deleteIfExists(first);
        }
        for (Future<String> each : pods) {
            assertThatThrownBy(each::get).hasMessageContaining("waited enough");
        }
        assertThat(node.kubelet().pods()).isEmpty();
    }

    private record Member(PodSandboxConfig pod, String podId, String containerId, String ip) {}

    private static Member member(String name) {
        PodSandboxConfig pod = node.pod(name).build();
        String podId = node.kubelet().runPod(pod);
        String id = node.kubelet().run(podId, pod, node.container("a", "sleep", "100").build());
        return new Member(pod, podId, id, node.kubelet().podStatus(podId).getNetwork().getIp());
    }

    private static String out(Member member, String... command) {
        return node.kubelet().exec(member.containerId(), command).getStdout().toStringUtf8();
    }

    private static List<String> leases() throws IOException {
        return names(node.instance().cniData().resolve(node.instance().bridge()));
    }

    private static List<String> names(Path dir) throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
