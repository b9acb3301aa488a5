package carafe.bench;

import carafe.proto.cri.VersionRequest;
import carafe.testkit.client.CriClient;
import carafe.testkit.client.Kubelet;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Debian's containerd with runc, in directories and with a socket of its own. */
final class ContainerdPeer implements Peer {
    private static final Duration READY_DEADLINE = Duration.ofSeconds(30);
    private static final Duration END_DEADLINE = Duration.ofSeconds(20);

    private final Path dir;
    private final Process daemon;
    private final BenchNode node;

    private ContainerdPeer(Path dir, Process daemon, BenchNode node) {
        this.dir = dir;
        this.daemon = daemon;
        this.node = node;
    }

    /** Whether the Debian packages are there. */
    static boolean isInstalled() {
        return Stream.of("/usr/bin/containerd", "/usr/sbin/runc")
                .allMatch(program -> Files.isExecutable(Path.of(program)));
    }

    /**
     * Starts it, with the tools image pulled.
     *
     * @param dir an existing, empty directory, which goes with it
     */
    static ContainerdPeer start(Path dir, BenchImages images)
            throws IOException, InterruptedException {
        Path config = Files.writeString(dir.resolve("config.toml"), config(dir, images));
        Process daemon =
                new ProcessBuilder("/usr/bin/containerd", "--config", config.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(dir.resolve("daemon.log").toFile())
                        .start();
        Path socket = dir.resolve("containerd.sock");
        CriClient client = new CriClient(socket);
        Path logs = Files.createDirectories(dir.resolve("logs"));
        ContainerdPeer peer =
                new ContainerdPeer(
                        dir, daemon, new BenchNode(socket, client, images.tools(), logs));
        try {
            peer.awaitReady();
            new Kubelet(client).pull(images.tools());
            return peer;
        } catch (IOException | InterruptedException | RuntimeException e) {
            peer.close();
            throw e;
        }
    }

    /** As an administrator would have it, but for what must not meet another one's. */
    private static String config(Path dir, BenchImages images) {
        return """
        version = 2
        root = "%1$s/root"
        state = "%1$s/state"
        disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs",
          "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.aufs"]
        [grpc]
          address = "%1$s/containerd.sock"
        [plugins."io.containerd.internal.v1.opt"]
          path = "%1$s/opt"
        [plugins."io.containerd.grpc.v1.cri"]
          sandbox_image = "%2$s"
          restrict_oom_score_adj = true
          stream_server_address = "127.0.0.1"
          stream_server_port = "0"
          [plugins."io.containerd.grpc.v1.cri".cni]
            bin_dir = "/usr/lib/cni"
            conf_dir = "%1$s/net.d"
        """
                .formatted(dir, images.pause());
    }

    private void awaitReady() throws IOException, InterruptedException {
        long end = System.nanoTime() + READY_DEADLINE.toNanos();
        while (!answers()) {
            if (!daemon.isAlive() || System.nanoTime() > end) {
                throw new IOException(
                        "containerd does not answer: "
                                + Files.readString(dir.resolve("daemon.log")));
            }
            Thread.sleep(50);
        }
    }

    private boolean answers() {
        try {
            node.client().reconnectNow();
            node.client()
                    .runtime(Duration.ofSeconds(5))
                    .version(VersionRequest.getDefaultInstance());
            return true;
        } catch (StatusRuntimeException e) {
            return false;
        }
    }

    /** CNI configurations go here; without one only pods on the node's network run. */
    Path cniConf() {
        return dir.resolve("net.d");
    }

    @Override
    public String name() {
        return "containerd";
    }

    @Override
    public BenchNode node() {
        return node;
    }

    @Override
    public void close() throws IOException {
        try {
            if (daemon.isAlive()) {
                node.kubelet().removeEverything();
            }
        } catch (StatusRuntimeException e) {
            System.err.println("containerd left pods behind: " + e.getMessage());
        } finally {
            node.close();
            end();
            Trees.delete(dir);
            removeCgroups();
        }
    }

    private void end() throws IOException {
        daemon.destroy();
        try {
            if (!daemon.waitFor(END_DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                daemon.destroyForcibly();
            }
        } catch (InterruptedException e) {
            daemon.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted; " + dir + " may be left", e);
        }
    }

    /** Its pods had none of their own, so it made a parent in every hierarchy. */
    private static void removeCgroups() throws IOException {
        try (Stream<Path> hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
            for (Path hierarchy : hierarchies.toList()) {
                Path parent = hierarchy.resolve("k8s.io");
                // What has groups below it belongs to another containerd.
                if (Files.isDirectory(parent) && isLeaf(parent)) {
                    Files.delete(parent);
                }
            }
        }
    }

    private static boolean isLeaf(Path cgroup) throws IOException {
        try (Stream<Path> entries = Files.list(cgroup)) {
            return entries.noneMatch(Files::isDirectory);
        }
    }
}
