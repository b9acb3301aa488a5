package carafe.network.bridge;

import static carafe.network.bridge.BridgeRig.ask;
import static carafe.network.bridge.BridgeRig.request;
import static carafe.network.bridge.BridgeRig.sh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import carafe.base.DiskFiles;
import carafe.network.cni.AttachRequest.PortMapping;
import carafe.network.cni.CniNetworks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CVE-2025-67499 with the distribution's portmap: a host port is the node's, nobody else's. */
final class HostPortsOfPluginsIT {
    private static final Path PLUGINS = Path.of("/usr/lib/cni");
    private static final int PORT = 19_070;

    @TempDir Path dir;
    private BridgeRig rig;
    private CniNetworks networks;

    @BeforeEach
    void makeNetwork() throws IOException {
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "skipped: making a network namespace needs root");
        assumeTrue(
                Files.isExecutable(PLUGINS.resolve("portmap")),
                "skipped: the CNI reference plugins are not in " + PLUGINS);
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/iptables")), "skipped: no iptables");
        rig = new BridgeRig(dir, "cfport0");
        Files.createDirectory(dir.resolve("net.d"));
        Files.writeString(
                dir.resolve("net.d/10.conflist"),
                """
                {"cniVersion":"1.0.0","name":"cfport0","plugins":[
                 {"type":"bridge","bridge":"cfport0","isGateway":true,"ipMasq":true,"hairpinMode":true,
                  "ipam":{"type":"host-local","dataDir":"%s","routes":[{"dst":"0.0.0.0/0"}],
                          "ranges":[[{"subnet":"10.213.0.0/24"}]]}},
                 {"type":"portmap","capabilities":{"portMappings":true}}]}\
                """
                        .formatted(dir.resolve("ipam")));
        networks =
                new CniNetworks(
                        new CniNetworks.Settings(
                                dir.resolve("net.d"),
                                List.of(PLUGINS),
                                dir.resolve("records"),
                                Duration.ofSeconds(30),
                                Set.of(0),
                                CniNetworks.Choice.USUAL),
                        new DiskFiles());
    }

    @AfterEach
    void remove() {
        if (networks != null) {
            networks.close();
            rig.close();
        }
    }

    @Test
    void theSamePortOfAnotherMachineIsThatMachines() {
        String web = rig.pod("web");
        String other = rig.pod("other");
        String machine = rig.machine();
        rig.serve(web, 8080);
        rig.serve(machine, PORT);
        networks.attach(request(web, new PortMapping(PORT, 8080, "tcp", "")));
        networks.attach(request(other));

        assertThat(ask(machine, "tcp", "10.212.0.1", PORT)).startsWith(web);
        assertThat(ask(other, "tcp", "10.212.0.1", PORT)).startsWith(web);
        assertThat(ask(other, "tcp", "10.212.0.2", PORT)).startsWith(machine);

        networks.detach(request(web, new PortMapping(PORT, 8080, "tcp", "")));
        networks.detach(request(other));
        assertThat(ask(machine, "tcp", "10.212.0.1", PORT)).contains("refused");
        assertThat(sh("iptables -t nat -S")).doesNotContain("10.213.0.");
    }
}
