package carafe.bench;

import carafe.testkit.client.CriClient;
import carafe.testkit.client.Kubelet;
import carafe.testkit.daemon.DaemonUnderTest;
import carafe.testkit.daemon.Instance;
import carafe.testkit.daemon.Sweep;
import carafe.testkit.debian.DockerRegistry;
import carafe.testkit.debian.ImageDirectory;
import carafe.testkit.debian.ToolsImage;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/** A daemon that lives for the measurement only, with the tools image pulled. */
final class OwnDaemon implements AutoCloseable {
    private final Instance instance;
    private final DaemonUnderTest daemon;
    private final BenchNode node;

    private OwnDaemon(Instance instance, DaemonUnderTest daemon, BenchNode node) {
        this.instance = instance;
        this.daemon = daemon;
        this.node = node;
    }

    static OwnDaemon start() throws IOException, InterruptedException {
        Instance instance = Instance.create();
        DaemonUnderTest daemon = new DaemonUnderTest(instance, List.of("--log-level", "warn"));
        daemon.start();
        CriClient client = new CriClient(instance.socket());
        ImageDirectory images =
                new ImageDirectory(Files.createDirectories(instance.scratch().resolve("made")));
        ToolsImage.create(images, "tools", instance.scratch());
        try (DockerRegistry registry =
                DockerRegistry.start(
                        Files.createDirectories(instance.scratch().resolve("registry")))) {
            String image = registry.push(images.image("tools"), "bench/tools:1");
            new Kubelet(client).pull(image);
            BenchNode node = new BenchNode(instance.socket(), client, image, instance.logs());
            return new OwnDaemon(instance, daemon, node);
        }
    }

    Instance instance() {
        return instance;
    }

    DaemonUnderTest daemon() {
        return daemon;
    }

    BenchNode node() {
        return node;
    }

    @Override
    public void close() throws IOException {
        try {
            takeAway();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted; " + instance.dir() + " may be left", e);
        }
    }

    private void takeAway() throws IOException, InterruptedException {
        try {
            if (daemon.isAlive()) {
                node.kubelet().removeEverything();
                daemon.stop();
            }
        } finally {
            node.close();
            daemon.close();
            new Sweep(instance).run();
        }
    }
}
