package carafe.network.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import carafe.network.cni.AttachRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A built-in network of a test's own, and namespaces that stand for its pods. */
final class BridgeRig implements AutoCloseable {
    static final IpRange IPV4 = IpRange.parse("10.213.0.0/24");
    static final IpRange IPV6 = IpRange.parse("fd21:3::/64");
    static final List<Path> NFT =
            List.of(Path.of("/usr/sbin"), Path.of("/sbin"), Path.of("/usr/bin"));

    private final Path dir;
    private final String name;
    private final List<String> namespaces = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();
    private final FaultyBridgePorts faults;

    /**
     * @param name of the bridge, and how the namespaces' names begin
     */
    BridgeRig(Path dir, String name) {
        this.dir = dir;
        this.name = name;
        this.faults = new FaultyBridgePorts(new TestNetlinks(), new NftProgram(NFT));
    }

    /** Skips a test where its namespaces or the network's rules cannot be made. */
    static void assumePossible() {
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "skipped: making a network namespace needs root");
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/nft")), "skipped: nftables is missing");
    }

    FaultyBridgePorts faults() {
        return faults;
    }

    /** A daemon's network; the one before it is dead. */
    BridgeNetwork network(Map<String, List<String>> pods) {
        BridgeNetwork network = new BridgeNetwork(settings(), faults.ports());
        network.recover(pods);
        return network;
    }

    BridgeSettings settings() {
        return new BridgeSettings(
                name, Optional.of(IPV4), Optional.of(IPV6), 1400, dir.resolve("leases"));
    }

    /** A namespace with loopback up; its name is the pod's id. */
    String pod(String label) {
        String podId = label + "-" + name;
        sh("ip netns add " + podId + " && ip -n " + podId + " link set lo up");
        namespaces.add(podId);
        return podId;
    }

    static AttachRequest request(String podId, AttachRequest.PortMapping... ports) {
        return new AttachRequest(podId, "/run/netns/" + podId, Map.of(), List.of(ports));
    }

    /**
     * A second machine on a wire of its own, 10.212.0.2 and fd21:2::2, the node being 1.
     *
     * @return the name of its namespace
     */
    String machine() {
        String machine = name + "machine";
        String wire = name + "m";
        sh("ip netns add " + machine);
        namespaces.add(machine);
        sh("ip link add %s type veth peer name eth0 netns %s".formatted(wire, machine));
        sh(
                "ip addr add 10.212.0.1/24 dev %1$s; ip addr add fd21:2::1/64 nodad dev %1$s"
                        .formatted(wire));
        sh("ip link set %s up; ip -n %s link set lo up".formatted(wire, machine));
        sh("ip -n " + machine + " link set eth0 up");
        sh("ip -n " + machine + " addr add 10.212.0.2/24 dev eth0");
        sh("ip -n " + machine + " addr add fd21:2::2/64 nodad dev eth0");
        return machine;
    }

    /** Answers TCP and UDP on the port, in the namespace, with who it is and who asks. */
    void serve(String podId, int port) {
        try {
            Process process =
                    new ProcessBuilder(
                                    "ip",
                                    "netns",
                                    "exec",
                                    podId,
                                    Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                    "-Xshare:auto",
                                    "-cp",
                                    "target/test-classes:target/classes",
                                    EchoProgram.class.getName(),
                                    podId,
                                    Integer.toString(port))
                            .redirectErrorStream(true)
                            .start();
            processes.add(process);
            assertThat(process.inputReader().readLine()).isEqualTo("ready");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is answered, asked from a namespace; from the node when it is empty. */
    static String ask(String from, String protocol, String host, int port) {
        String inside = from.isEmpty() ? "" : "ip netns exec " + from + " ";
        return sh(inside
                        + "timeout 5 bash -c 'exec 3<>/dev/%s/%s/%d && echo hi >&3 && dd bs=512 count=1 status=none <&3' 2>&1 || echo none"
                                .formatted(protocol, host, port))
                .strip();
    }

    static String ping(String from, String address) {
        String inside = from.isEmpty() ? "" : "ip netns exec " + from + " ";
        return sh(inside + "ping -c 1 -W 3 " + address + " 2>&1 || true");
    }

    /** Everything on the machine that bears the network's name or addresses; empty = nothing. */
    List<String> traces() {
        List<String> found = new ArrayList<>();
        Stream.of(
                        sh("nft list tables"),
                        sh("ip -o link"),
                        sh("ip -o addr"),
                        sh("ip route show table all"),
                        sh("ip -6 route show table all"))
                .flatMap(String::lines)
                .filter(line ->
                        line.contains(name)
                                || line.contains("10.213.0.")
                                || line.contains("fd21:3::"))
                .forEach(found::add);
        found.addAll(leases());
        if (Files.isDirectory(settings().records())) {
            try (Stream<Path> files = Files.list(settings().records())) {
                files.filter(each -> !each.equals(journal()))
                        .map(Path::toString)
                        .forEach(found::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return found;
    }

    /** Leases on the disk that have not been given back. */
    List<String> leases() {
        try {
            return Files.exists(journal())
                    ? Files.readAllLines(journal(), StandardCharsets.ISO_8859_1).stream()
                            .filter(line -> !line.startsWith("-"))
                            .toList()
                    : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path journal() {
        return settings().records().resolve("leases");
    }

    static String sh(String command) {
        try {
            Process process =
                    new ProcessBuilder("bash", "-c", command).redirectErrorStream(true).start();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
        namespaces.forEach(each -> sh("ip netns del " + each));
        sh("ip link del %1$sm; ip link del %1$s; nft delete table inet %1$s".formatted(name));
    }
}
