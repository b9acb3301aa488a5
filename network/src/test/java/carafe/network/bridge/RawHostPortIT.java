package carafe.network.bridge;

import static carafe.network.bridge.BridgeRig.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import carafe.network.cni.AttachRequest.PortMapping;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bytes through a host port by the kernel's own calls: Java has no sockets of SCTP. */
final class RawHostPortIT {
    @TempDir Path dir;
    private BridgeRig rig;
    private BridgeNetwork network;

    @BeforeEach
    void makeNetwork() {
        BridgeRig.assumePossible();
        rig = new BridgeRig(dir, "cfraw0");
        network = rig.network(Map.of());
    }

    @AfterEach
    void removeNetwork() {
        if (rig != null) {
            rig.close();
        }
    }

    /** TCP shows that the test itself works, where the kernel has no SCTP. */
    @ParameterizedTest
    @CsvSource({"tcp, 6, 19060", "sctp, 132, 19061"})
    void aHostPortReachesThePod(String protocol, int number, int port) throws Exception {
        assumeTrue(
                RawSocket.isKnown(number),
                "skipped: this kernel has no sockets of "
                        + protocol
                        + "; that the rule is written BridgeNetworkIT sees");
        String pod = rig.pod("raw");
        String machine = rig.machine();
        network.attach(request(pod, new PortMapping(port, 8080, protocol, "")));
        try (RawSocket server = RawSocket.in(pod, number);
                RawSocket client = RawSocket.in(machine, number)) {
            server.listen("0.0.0.0", 8080);
            client.connect("10.212.0.2", "10.212.0.1", port);
            client.write("through the node");
            try (RawSocket accepted = server.accept()) {
                assertThat(accepted.read()).isEqualTo("through the node");
            }
        }
        network.detach(pod);
    }
}
