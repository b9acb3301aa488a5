package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import carafe.proto.cri.RuntimeCondition;
import carafe.testkit.client.CriClient;
import carafe.testkit.client.Kubelet;
import carafe.testkit.daemon.DaemonUnderTest;
import carafe.testkit.daemon.Instance;
import carafe.testkit.daemon.Sweep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node with neither a CNI configuration nor the program nft. */
@Timeout(90)
final class NoNftIT {
    /** A daemon that finds something there which is no program, and nobody else does. */
    private static List<String> without(List<Path> programs) {
        StringBuilder hiding = new StringBuilder();
        programs.forEach(
                each -> hiding.append("mount --bind /dev/null ").append(each).append("; "));
        return List.of(
                "unshare",
                "--mount",
                "--propagation",
                "private",
                "sh",
                "-ec",
                hiding + "exec \"$@\"",
                "sh");
    }

    @Test
    void theNetworkIsNotReadyAndBothReasonsAreTold() throws IOException, InterruptedException {
        List<Path> programs =
                Stream.of("/usr/sbin/nft", "/usr/bin/nft", "/usr/local/sbin/nft")
                        .map(Path::of)
                        .filter(Files::exists)
                        .toList();
        assumeTrue(!programs.isEmpty(), "skipped: there is no nft to hide");
        Instance instance = Instance.create();
        try (DaemonUnderTest daemon =
                new DaemonUnderTest(
                        instance, List.of("--network-mode", "auto"), without(programs))) {
            daemon.start();
            try (CriClient client = new CriClient(instance.socket())) {
                RuntimeCondition network = new Kubelet(client).condition("NetworkReady");
                assertThat(network.getStatus()).isFalse();
                assertThat(network.getReason()).isEqualTo("BridgeNotUsable");
                assertThat(network.getMessage())
                        .contains(instance.cniConf().toString())
                        .contains("the program nft is in none of")
                        .contains("install nftables");
            }
            assertThat(daemon.stop()).isZero();
        } finally {
            new Sweep(instance).run();
        }
    }
}
