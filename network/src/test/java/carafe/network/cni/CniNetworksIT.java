package carafe.network.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import carafe.base.DiskFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reference plugins of the distribution on a bridge and in a namespace of our own. */
final class CniNetworksIT {
    private static final Path PLUGINS = Path.of("/usr/lib/cni");
    private static final String NETNS = "carafe-cni-it";
    private static final String BRIDGE = "carafecniit0";

    @TempDir Path dir;

    @BeforeEach
    void makeNamespace() throws Exception {
        assumeTrue(
                Files.isExecutable(PLUGINS.resolve("bridge")),
                "skipped: the CNI reference plugins are not in " + PLUGINS);
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "skipped: making a network namespace needs root");
        run("ip", "netns", "add", NETNS);
    }

    @AfterEach
    void removeNamespace() throws Exception {
        run("ip", "netns", "del", NETNS);
        run("ip", "link", "del", BRIDGE);
    }

    @Test
    void attachesToABridgeAndLeavesNothingAfterDetach() throws Exception {
        Files.createDirectory(dir.resolve("net.d"));
        Files.writeString(
                dir.resolve("net.d/10-it.conflist"),
                """
                {"cniVersion":"1.0.0","name":"it","plugins":[
                 {"type":"bridge","bridge":"%s","isGateway":true,
                  "ipam":{"type":"host-local","dataDir":"%s","ranges":[[{"subnet":"10.251.7.0/24"}]]}}]}\
                """
                        .formatted(BRIDGE, dir.resolve("ipam")));
        CniNetworks networks =
                new CniNetworks(
                        new CniNetworks.Settings(
                                dir.resolve("net.d"),
                                List.of(PLUGINS),
                                dir.resolve("records"),
                                Duration.ofSeconds(30),
                                Set.of(0),
                                CniNetworks.Choice.USUAL),
                        new DiskFiles());
        AttachRequest request =
                new AttachRequest("pod-it", "/run/netns/" + NETNS, Map.of(), List.of());

        Attachment attachment = networks.attach(request);

        assertThat(attachment.addresses()).containsExactly("10.251.7.2");
        assertThat(run("ip", "-n", NETNS, "-4", "addr", "show", "eth0")).contains("10.251.7.2/24");

        networks.detach(request);

        assertThat(run("ip", "-n", NETNS, "link", "show")).doesNotContain("eth0");
        assertThat(dir.resolve("ipam/it")).isDirectoryNotContaining("glob:**10.251*");
        assertThat(dir.resolve("records")).isEmptyDirectory();
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return output;
    }
}
