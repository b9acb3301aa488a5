package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import carafe.proto.cri.NetworkConfig;
import carafe.proto.cri.PodIP;
import carafe.proto.cri.PodSandbox;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.PodSandboxNetworkStatus;
import carafe.proto.cri.PodSandboxState;
import carafe.proto.cri.PortMapping;
import carafe.proto.cri.Protocol;
import carafe.proto.cri.RuntimeCondition;
import carafe.proto.cri.RuntimeConfig;
import carafe.proto.cri.StatusRequest;
import carafe.proto.cri.UpdateRuntimeConfigRequest;
import carafe.testkit.daemon.Instance;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Pods on the built-in bridge, on a node without CNI configuration. */
@Timeout(120)
final class BridgeIT {
    static final String CONFIGURATION =
            """
            [network]
            bridge_ipv4 = "10.231.78.0/24"
            bridge_ipv6 = "fd21:78::/64"
            """;

    private static final int HOST_PORT = 18_431;

    /** A router advertisement to all nodes on eth0, hop limit 255, as RFC 4861 wants it. */
    private static final String ADVERTISE =
            """
            my ($index) = `ip -o link show eth0` =~ /^(\\d+)/;
            socket(S, PF_INET6, SOCK_RAW, 58) or die; setsockopt(S, 41, 18, pack("i", 255)) or die;
            send(S, pack("CCnCCnNN", 134, 0, 0, 64, 0, 1800, 0, 0), 0,
                pack_sockaddr_in6(0, inet_pton(AF_INET6, "ff02::1"), $index));
            select(undef, undef, undef, 0.1);\
            """;

    @RegisterExtension static final Node node = new Node(BridgeIT::configure);

    /** Ranges of the instance's own: 10.231.78.0/24 and fd21:78::/64. */
    static List<String> configure(Instance instance) throws IOException {
        Path file = Files.writeString(instance.dir().resolve("bridge.toml"), CONFIGURATION);
        return List.of("--config", file.toString(), "--network-mode", "auto");
    }

    /** What is announced is remembered, in a file that the census would count. */
    @BeforeAll
    static void announceTheUsualRange() {
        announce("10.231.78.0/24");
    }

    private record Member(String podId, String containerId, PodSandboxNetworkStatus network) {}

    @Test
    void theNetworkIsReadyAndPodsReachEachOtherByBothFamilies() throws Exception {
        assertThat(
                        node
                                .client()
                                .runtime()
                                .status(StatusRequest.getDefaultInstance())
                                .getStatus()
                                .getConditionsList()
                                .stream()
                                .filter(each -> each.getType().equals("NetworkReady")))
                .allMatch(RuntimeCondition::getStatus)
                .hasSize(1);
        Member one = member(node.pod("one"));
        Member two =
                member(
                        node.pod("two")
                                .addPortMappings(
                                        PortMapping.newBuilder()
                                                .setProtocol(Protocol.TCP)
                                                .setContainerPort(8080)
                                                .setHostPort(HOST_PORT)));

        assertThat(one.network().getIp()).startsWith("10.231.78.");
        assertThat(one.network().getAdditionalIpsList())
                .singleElement()
                .extracting(PodIP::getIp)
                .asString()
                .startsWith("fd21:78::");
        for (String address :
                List.of(two.network().getIp(), two.network().getAdditionalIps(0).getIp())) {
            assertThat(out(one, "ping", "-c", "1", "-W", "5", address)).contains(" 0% packet loss");
            assertThat(InetAddress.ofLiteral(address).isReachable(5000)).as(address).isTrue();
        }
        assertThat(out(one, "cat", "/etc/hosts")).contains(one.network().getIp() + "\tone");
        assertThat(out(one, "cat", "/proc/sys/net/ipv6/conf/eth0/accept_ra")).isEqualTo("0\n");
        assertThat(out(two, "sh", "-c", "(echo hello | nc -l -p 8080 >/dev/null) & sleep 0.3"))
                .isEmpty();
        assertThat(ask(HOST_PORT)).isEqualTo("hello\n");

        node.kubelet().stopPod(one.podId());
        node.kubelet().stopPod(two.podId());
        assertThat(ports()).isEmpty();
        assertThat(leases()).isEmpty();
    }

    @Test
    void kubeletsRangeCountsForNewPodsAndOverARestart() throws Exception {
        Member before = member(node.pod("before"));
        announce("10.231.79.0/24");
        assertThatThrownBy(() -> announce("10.231.79.0/33"))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("10.231.79.0/33");
        node.daemon().kill();
        node.daemon().start();
        node.client().reconnectNow();

        Member after = member(node.pod("after"));

        assertThat(after.network().getIp()).startsWith("10.231.79.");
        assertThat(out(after, "ping", "-c", "1", "-W", "5", before.network().getIp()))
                .contains(" 0% packet loss");
        announce("10.231.78.0/24");
    }

    /** What a killed daemon had begun goes at the next start, and what was whole stays. */
    @Test
    void aDaemonKilledWhilePodsComeAndGoLeaksNothing() throws Exception {
        Member stays = member(node.pod("stays"));
        for (int round = 0; round < 2; round++) {
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                PodSandboxConfig pod = node.pod("torn").build();
                clients.add(
                        Thread.ofVirtual()
                                .start(() -> {
                                    try {
                                        node.kubelet().stopPod(node.kubelet().runPod(pod));
                                    } catch (StatusRuntimeException e) {
                                        // The daemon was killed; that is what this is about.
                                    }
                                }));
            }
            TimeUnit.MILLISECONDS.sleep(80 + 150L * round);
            node.daemon().kill();
            for (Thread each : clients) {
                each.join();
            }
            node.daemon().start();
            node.client().reconnectNow();
        }
        node.kubelet().pods().stream()
                .map(PodSandbox::getId)
                .filter(id -> !id.equals(stays.podId()))
                .forEach(id -> {
                    node.kubelet().stopPod(id);
                    node.kubelet().removePod(id);
                });

        assertThat(leases()).containsExactly(stays.podId());
        assertThat(brif()).hasSize(1);
        assertThat(out(stays, "ping", "-c", "1", "-W", "5", "10.231.78.1"))
                .contains(" 0% packet loss");
    }

    /** CVE-2020-10749: others would believe a pod that says it is a router. */
    @Test
    void aPodThatSaysItIsARouterIsBelievedByNobody() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "skipped: perl is missing");
        Member victim = member(node.pod("victim"));
        Member evil = member(node.pod("evil"));
        String believer = node.instance().bridge().replaceFirst("br$", "ra");
        try {
            sh("ip netns add " + believer);
            sh(
                    "ip link add %1$s master %2$s up type veth peer name eth0 netns %1$s"
                            .formatted(believer, node.instance().bridge()));
            sh("ip -n " + believer + " link set eth0 up");
            String routes = "";
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (!routes.contains("proto ra") && System.nanoTime() < end) {
                sh(
                        "nsenter -t %d -n perl -MSocket=:all -e '%s'"
                                .formatted(holder(evil), ADVERTISE));
                routes = sh("ip -n " + believer + " -6 route");
            }
            assertThat(routes).contains("default via fe80:").contains("proto ra");
        } finally {
            sh("ip netns del " + believer);
        }

        assertThat(sh("nsenter -t %d -n ip -6 route".formatted(holder(victim))))
                .contains("default via fd21:78::1")
                .doesNotContain("proto ra");
        assertThat(sh("ip -6 route show dev " + node.instance().bridge()))
                .contains("fd21:78::/64")
                .doesNotContain("proto ra");
    }

    @Test
    void afterARebootAddressesOfPodsAreGivenBackWithThem() throws Exception {
        Member member = member(node.pod("rebooted"));
        node.daemon().kill();
        Reboot.pretend(node.instance());
        sh("ip link del %1$s; nft delete table inet %1$s".formatted(node.instance().bridge()));
        node.daemon().start();
        node.client().reconnectNow();
        assertThat(node.kubelet().podStatus(member.podId()).getState())
                .isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
        assertThat(leases()).containsExactly(member.podId());

        node.kubelet().stopPod(member.podId());
        assertThat(leases()).isEmpty();

        Member next = member(node.pod("next"));
        assertThat(out(next, "ping", "-c", "1", "-W", "5", "10.231.78.1"))
                .contains(" 0% packet loss");
    }

    private static long holder(Member member) throws IOException {
        Path bundle = node.instance().state().resolve("pods").resolve(member.podId());
        return Long.parseLong(Files.readString(bundle.resolve("pid")).split(" ", 2)[0]);
    }

    private static String sh(String command) throws IOException {
        Process process = new ProcessBuilder("sh", "-c", command).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static Member member(PodSandboxConfig.Builder builder) {
        PodSandboxConfig pod = builder.build();
        String podId = node.kubelet().runPod(pod);
        String id = node.kubelet().run(podId, pod, node.container("a", "sleep", "100").build());
        return new Member(podId, id, node.kubelet().podStatus(podId).getNetwork());
    }

    private static void announce(String range) {
        node.client()
                .runtime()
                .updateRuntimeConfig(
                        UpdateRuntimeConfigRequest.newBuilder()
                                .setRuntimeConfig(
                                        RuntimeConfig.newBuilder()
                                                .setNetworkConfig(
                                                        NetworkConfig.newBuilder()
                                                                .setPodCidr(range)))
                                .build());
    }

    private static String ask(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
                InputStream in = socket.getInputStream()) {
            socket.setSoTimeout(10_000);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String out(Member member, String... command) {
        return node.kubelet().exec(member.containerId(), command).getStdout().toStringUtf8();
    }

    /** The port maps' elements, as nft prints them. */
    private static List<String> ports() throws IOException {
        Process nft =
                new ProcessBuilder("nft", "list", "table", "inet", node.instance().bridge())
                        .start();
        return new String(nft.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains("" + HOST_PORT))
                .toList();
    }

    /** Ids of the pods whose leases are in the file and not given back. */
    private static List<String> leases() throws IOException {
        Path file = node.instance().root().resolve("bridge/leases");
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith("+"))
                .map(line -> line.split(" ", -1)[1])
                .toList();
    }

    private static List<String> brif() throws IOException {
        return names(Path.of("/sys/class/net", node.instance().bridge(), "brif"));
    }

    private static List<String> names(Path dir) throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
