package carafe.bench;

import carafe.proto.cri.PodSandbox;
import carafe.proto.cri.VersionRequest;
import carafe.testkit.client.CriClient;
import carafe.testkit.client.Kubelet;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Debian's containerd with runc, in directories and with a socket of its own. */
final class ContainerdPeer implements Peer {
    private static final String CONFIG = "config.toml";
    private static final Duration READY_DEADLINE = Duration.ofSeconds(30);
    private static final Duration END_DEADLINE = Duration.ofSeconds(20);

    private final Path dir;
    private final CgroupCpu daemonCgroup;
    private final CgroupCpu podsCgroup;
    private final BenchNode node;
    private Process daemon;

    private ContainerdPeer(Path dir, String cgroup, BenchNode node) throws IOException {
        this.dir = dir;
        this.node = node;
        this.daemonCgroup = CgroupCpu.of(daemonCgroup(cgroup));
        this.podsCgroup = CgroupCpu.of(podsCgroup(cgroup));
        Files.createDirectory(daemonCgroup.dir());
        this.daemon = spawn();
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
        Files.writeString(dir.resolve(CONFIG), config(dir, images));
        Path socket = dir.resolve("containerd.sock");
        CriClient client = new CriClient(socket);
        Path logs = Files.createDirectories(dir.resolve("logs"));
        String cgroup = "cfbctrd-%d-%x".formatted(ProcessHandle.current().pid(), System.nanoTime());
        BenchNode node = new BenchNode(socket, client, images.tools(), logs, podsCgroup(cgroup));
        ContainerdPeer peer = new ContainerdPeer(dir, cgroup, node);
        try {
            peer.awaitReady();
            new Kubelet(client).pull(images.tools());
            return peer;
        } catch (IOException | InterruptedException | RuntimeException e) {
            peer.close();
            throw e;
        }
    }

    private static String daemonCgroup(String cgroup) {
        return "/" + cgroup + "-daemon";
    }

    private static String podsCgroup(String cgroup) {
        return "/" + cgroup + "-pods";
    }

    /** The shell enters the cgroup, so that all that the daemon ever starts is born in it. */
    private Process spawn() throws IOException {
        return new ProcessBuilder(
                        "sh",
                        "-c",
                        "echo 0 > \"$1\" && exec /usr/bin/containerd --config \"$2\"",
                        "sh",
                        daemonCgroup.dir().resolve("cgroup.procs").toString(),
                        dir.resolve(CONFIG).toString())
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(dir.resolve("daemon.log").toFile()))
                .start();
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
    public CpuUse cpu() throws IOException {
        return new CpuUse(daemonCgroup.seconds(), podsCgroup.seconds());
    }

    @Override
    public long daemonPid() {
        return daemon.pid();
    }

    @Override
    public List<Long> keepers() throws IOException {
        List<Long> keepers = new ArrayList<>(daemonCgroup.processes());
        keepers.remove(daemonPid());
        for (PodSandbox pod : node.kubelet().pods()) {
            // A pod's own cgroup holds its pause container alone.
            keepers.addAll(new CgroupCpu(podsCgroup.dir().resolve(pod.getId())).processes());
        }
        return keepers;
    }

    @Override
    public void stopDaemon() throws IOException, InterruptedException {
        daemon.destroy();
        if (!daemon.waitFor(END_DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IOException("containerd does not end within " + END_DEADLINE);
        }
    }

    @Override
    public void spawnDaemon() throws IOException {
        daemon = spawn();
    }

    /** Where runc keeps the containers of this daemon's namespace; CRI's default, for all roots. */
    static Path runcRoot() {
        return Path.of("/run/containerd/runc/k8s.io");
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

    /** What containerd and runc made in every hierarchy for its pods, and ours for the daemon. */
    private void removeCgroups() throws IOException {
        try (Stream<Path> hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
            for (Path hierarchy : hierarchies.toList()) {
                for (CgroupCpu cgroup : List.of(podsCgroup, daemonCgroup)) {
                    Path dir = hierarchy.resolve(cgroup.dir().getFileName());
                    if (Files.isDirectory(dir)) {
                        Files.delete(dir);
                    }
                }
            }
        }
        // Where there is version 2 alone.
        Files.deleteIfExists(podsCgroup.dir());
        Files.deleteIfExists(daemonCgroup.dir());
    }
}
