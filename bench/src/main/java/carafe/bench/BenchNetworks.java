package carafe.bench;

import carafe.testkit.daemon.Instance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Networks that do not meet: a range and a bridge for each. */
final class BenchNetworks {
    private BenchNetworks() {}

    /** Flags for the built-in bridge. */
    static List<String> bridge(Instance instance) throws IOException {
        Path file =
                Files.writeString(
                        instance.dir().resolve("bridge.toml"),
                        """
                        [network]
                        bridge_ipv4 = "10.230.4.0/24"
                        bridge_ipv6 = "fd23:4::/64"
                        """);
        return List.of("--config", file.toString(), "--network-mode", "bridge");
    }

    /** Flags for Debian's plugins. */
    static List<String> plugins(Instance instance) throws IOException {
        plugins(instance.cniConf(), instance.bridge(), instance.cniData(), 5);
        return List.of("--cni-bin-dir", "/usr/lib/cni");
    }

    /** The same network for anybody: bridge, both families, host ports. */
    static void plugins(Path confDir, String bridge, Path data, int third) throws IOException {
        Files.createDirectories(confDir);
        Files.writeString(
                confDir.resolve("10-bench.conflist"),
                """
                {"cniVersion": "1.0.0", "name": "%1$s", "plugins": [
                  {"type": "bridge", "bridge": "%1$s", "isGateway": true, "ipMasq": true, "hairpinMode": true,
                   "ipam": {"type": "host-local", "dataDir": "%2$s", "routes": [{"dst": "0.0.0.0/0"}, {"dst": "::/0"}],
                            "ranges": [[{"subnet": "10.230.%3$d.0/24"}], [{"subnet": "fd23:%3$d::/64"}]]}},
                  {"type": "portmap", "capabilities": {"portMappings": true}}]}
                """
                        .formatted(bridge, data, third));
    }
}
