package carafe.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * What the plugins themselves take for one pod: the bench's own network, run by nobody but this
 * program in a namespace that is there. Owns that namespace and the bridge.
 */
final class BarePlugins implements AutoCloseable {
    private static final Path PROGRAMS = Path.of("/usr/lib/cni");
    private static final String NAME = "cfbareplug";

    private final String bridge;
    private final String ports;
    private int pods;

    /**
     * @param dir for the plugins' own files
     */
    BarePlugins(Path dir) {
        Path data = dir.resolve("bare-ipam");
        this.bridge =
                """
                {"cniVersion": "1.0.0", "name": "%1$s", "type": "bridge", "bridge": "%1$s", "isGateway": true,
                 "ipMasq": true, "hairpinMode": true, "ipam": {"type": "host-local", "dataDir": "%2$s",
                 "routes": [{"dst": "0.0.0.0/0"}, {"dst": "::/0"}],
                 "ranges": [[{"subnet": "10.230.7.0/24"}], [{"subnet": "fd23:7::/64"}]]}}
                """
                        .formatted(NAME, data);
        this.ports =
                "{\"cniVersion\": \"1.0.0\", \"name\": \"%s\", \"type\": \"portmap\", \"prevResult\": "
                        .formatted(NAME);
    }

    /** Milliseconds of ADD of bridge (with host-local) and of portmap, one after the other. */
    double measure() throws IOException, InterruptedException {
        String pod = NAME + pods++;
        String _ = Programs.run("ip", "netns", "add", pod);
        try {
            String _ = Programs.run("ip", "-n", pod, "link", "set", "lo", "up");
            long begin = System.nanoTime();
            String result = plugin("ADD", pod, "bridge", bridge);
            plugin("ADD", pod, "portmap", ports + result + "}");
            double millis = (System.nanoTime() - begin) / 1e6;
            plugin("DEL", pod, "portmap", ports + result + "}");
            plugin("DEL", pod, "bridge", bridge);
            return millis;
        } finally {
            String _ = Programs.run("ip", "netns", "delete", pod);
        }
    }

    private static String plugin(String verb, String pod, String name, String input)
            throws IOException, InterruptedException {
        return Programs.run(
                Map.of(
                        "PATH",
                        "/usr/sbin:/usr/bin:/sbin:/bin",
                        "CNI_COMMAND",
                        verb,
                        "CNI_CONTAINERID",
                        pod,
                        "CNI_NETNS",
                        "/run/netns/" + pod,
                        "CNI_IFNAME",
                        "eth0",
                        "CNI_PATH",
                        PROGRAMS.toString()),
                input,
                PROGRAMS.resolve(name).toString());
    }

    @Override
    public void close() throws IOException {
        try {
            String _ = Programs.run("ip", "link", "delete", NAME);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
