package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.PodSandboxNetworkStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** As many pods on the built-in bridge as kubelet allows at most, in a range with hardly more. */
@Timeout(1200)
final class ManyPodsIT {
    private static final int PODS = 250;
    private static final int AT_ONCE = 20;

    @RegisterExtension static final Node node = new Node(BridgeIT::configure);

    @Test
    @Tag("network")
    void everyPodHasAddressesOfItsOwnAndAllAreFreeAfterwards() throws Exception {
        for (int round = 0; round < 2; round++) {
            long begin = System.nanoTime();
            List<String> ids = together(PODS, _ -> runPod());
            long made = System.nanoTime();
            Set<String> addresses = new HashSet<>();
            for (String id : ids) {
                PodSandboxNetworkStatus network = node.kubelet().podStatus(id).getNetwork();
                addresses.add(network.getIp());
                addresses.add(network.getAdditionalIps(0).getIp());
            }
            assertThat(addresses).hasSize(2 * PODS);
            assertThat(names("brif")).hasSize(PODS);

            long end = System.nanoTime();
            List<String> gone = together(PODS, i -> remove(ids.get(i)));
            System.out.printf(
                    "%d pods: made in %.1f s, removed in %.1f s%n",
                    PODS, (made - begin) / 1e9, (System.nanoTime() - end) / 1e9);
            assertThat(gone).hasSize(PODS);
            assertThat(names("brif")).isEmpty();
            Path leases = node.instance().root().resolve("bridge/leases");
            assertThat(Files.readAllLines(leases)).noneMatch(line -> line.startsWith("+"));
        }
    }

    private static String runPod() {
        PodSandboxConfig pod = node.pod("many").build();
        return node.kubelet().runPod(pod);
    }

    private static String remove(String id) {
        node.kubelet().stopPod(id);
        node.kubelet().removePod(id);
        return id;
    }

    private interface Work {
        String of(int index);
    }

    private static List<String> together(int count, Work work) throws Exception {
        try (ExecutorService clients = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Callable<String>> calls = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int index = i;
                calls.add(() -> work.of(index));
            }
            List<String> results = new ArrayList<>();
            for (Future<String> each : clients.invokeAll(calls)) {
                results.add(each.get());
            }
            return results;
        }
    }

    private static List<String> names(String of) throws IOException {
        Path dir = Path.of("/sys/class/net", node.instance().bridge(), of);
        try (Stream<Path> files = Files.list(dir)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
