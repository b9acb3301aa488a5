package carafe.e2e;

import carafe.testkit.image.TarBuilder;
import carafe.testkit.image.TarBuilder.Attributes;
import carafe.testkit.image.TestImage;
import carafe.testkit.image.TestLayer;
import carafe.testkit.registry.ScriptedRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Images made entry by entry over a layer of busybox, served by a registry of their own. */
final class ForgedImages implements AutoCloseable {
    private static final List<String> APPLETS =
            List.of(
                    "sh",
                    "cat",
                    "echo",
                    "grep",
                    "id",
                    "ls",
                    "mkdir",
                    "mv",
                    "readlink",
                    "sed",
                    "seq",
                    "sleep",
                    "sort",
                    "stat",
                    "tail",
                    "touch",
                    "true",
                    "tty",
                    "wc",
                    "mount",
                    "unshare",
                    "head",
                    "rm",
                    "ln",
                    "cut",
                    "tr",
                    "nc",
                    "sha256sum");

    private final ScriptedRegistry registry;
    private final TestLayer busybox;
    private final List<String> pulled = new ArrayList<>();
    private final AtomicInteger count = new AtomicInteger();

    private ForgedImages(ScriptedRegistry registry, TestLayer busybox) {
        this.registry = registry;
        this.busybox = busybox;
    }

    static ForgedImages serve() throws IOException {
        byte[] program = Files.readAllBytes(Path.of("/usr/bin/busybox"));
        TarBuilder tar = new TarBuilder().dir("bin").dir("etc").dir("tmp").dir("root");
        tar.file("bin/busybox", program, Attributes.mode(0755));
        APPLETS.forEach(each -> tar.symlink("bin/" + each, "busybox"));
        return new ForgedImages(ScriptedRegistry.start(), TestLayer.gzip(tar.build()));
    }

    /**
     * Makes an image available to be pulled.
     *
     * @param config the JSON object of its run configuration
     * @param top what lies over busybox
     * @return its reference
     */
    String push(String config, TarBuilder top) {
        TestImage image = TestImage.oci(config, busybox, TestLayer.plain(top.build()));
        return registry.push("forged/" + count.incrementAndGet(), "1", image);
    }

    /** Makes an image available and pulls it; its reference. */
    String pull(Node node, String config, TarBuilder top) {
        String image = push(config, top);
        node.kubelet().pull(image);
        pulled.add(image);
        return image;
    }

    /** Removes all pods, and the images that were pulled: a test's images are what it leaves. */
    void removePulled(Node node) {
        node.kubelet().removeEverything();
        for (String image : pulled) {
            node.kubelet().removeImage(image);
        }
        pulled.clear();
    }

    @Override
    public void close() throws IOException {
        registry.close();
    }
}
