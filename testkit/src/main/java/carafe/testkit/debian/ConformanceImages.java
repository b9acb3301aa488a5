package carafe.testkit.debian;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Look-alikes of the images that the conformance tests name: same names, users and behaviour, made
 * of Debian packages, so that the tests run without the internet. One cannot be made, the image
 * that is named by its digest.
 */
public final class ConformanceImages {
    /** The registries that the tests name; all of them can be mirrored by one. */
    public static final List<String> REGISTRIES =
            List.of("registry.k8s.io", "gcr.io", "k8s.gcr.io", "public.ecr.aws");

    private static final String E2E = "e2e-test-images/";
    private static final String TOOLS = "k8s-staging-cri-tools/";

    private static final Map<String, String> USERS =
            Map.of(
                    "uid", "1002",
                    "username", "www-data",
                    "uid-group", "1003:1004",
                    "username-group", "www-data:1004");

    private final ImageDirectory images;
    private final DockerRegistry registry;
    private final Path scratch;

    private ConformanceImages(ImageDirectory images, DockerRegistry registry, Path scratch) {
        this.images = images;
        this.registry = registry;
        this.scratch = scratch;
    }

    /**
     * Makes the images in the directory and pushes them; takes half a minute.
     *
     * @param scratch an existing directory, for trees and packages
     * @throws IOException naming the package or program that is missing
     */
    public static void push(ImageDirectory images, DockerRegistry registry, Path scratch)
            throws IOException, InterruptedException {
        new ConformanceImages(images, registry, scratch).push();
    }

    private void push() throws IOException, InterruptedException {
        Path tree = Files.createTempDirectory(scratch, "busybox");
        images.create("busybox");
        BusyboxTree.write(tree, scratch);
        // The static build's shell runs its applets without looking at the files that a test hides.
        Path usual = DebianPackage.unpack("busybox", scratch).resolve("bin/busybox");
        DebianPrograms.copy(usual, tree.resolve("usr/bin/sh"), tree, scratch);
        images.addTree("busybox", tree);
        images.configure(
                "busybox",
                "--config.env=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "--config.cmd=sh",
                "--os=linux");
        registry.push(images.image("busybox"), E2E + "busybox:1.29-2");
        registry.push(images.image("busybox"), "docker/library/busybox:1.35.0-glibc");
        pushServers();
        pushNoNewPrivileges();
        pushUsers();
        pushTestImages();
    }

    private void pushServers() throws IOException, InterruptedException {
        DebianNginx nginx = DebianNginx.fetch(scratch);
        String arch = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        Map<String, Integer> ports =
                Map.of(
                        E2E + "nginx:1.14-2",
                        80,
                        TOOLS + "hostnet-nginx-" + arch + ":latest",
                        12_003);
        for (Map.Entry<String, Integer> each : ports.entrySet()) {
            Path tree = Files.createTempDirectory(scratch, "nginx");
            nginx.write(tree, each.getValue());
            String tag = "nginx-" + each.getValue();
            images.copy("busybox", tag);
            images.addTree(tag, tree);
            images.configure(
                    tag,
                    "--config.entrypoint=nginx",
                    "--config.cmd=-g",
                    "--config.cmd=daemon off;",
                    "--config.stopsignal=SIGQUIT");
            registry.push(images.image(tag), each.getKey());
        }
        // The tests want a page on port 80, and "httpd" in the log.
        Path page = Files.createTempDirectory(scratch, "httpd");
        Files.createDirectories(page.resolve("srv"));
        Files.writeString(page.resolve("srv/index.html"), "<h1>It works!</h1>\n");
        derive(
                "httpd",
                page,
                "--config.cmd=sh",
                "--config.cmd=-c",
                "--config.cmd=echo httpd listens on port 80; exec httpd -f -p 80 -h /srv");
        registry.push(images.image("httpd"), E2E + "httpd:2.4.39-4");
    }

    /** A program with the set-user-ID bit that tells its effective user. */
    private void pushNoNewPrivileges() throws IOException, InterruptedException {
        Path tree = Files.createTempDirectory(scratch, "nonewprivs");
        Path id = tree.resolve("usr/bin/effective-id");
        DebianPrograms.copy(Path.of("/usr/bin/id"), id, tree, scratch);
        // Java's set of modes has no such bit.
        Command.run(scratch, List.of("chmod", "4755", id.toString()));
        derive(
                "nonewprivs",
                tree,
                "--config.cmd=sh",
                "--config.cmd=-c",
                "--config.cmd=echo \"Effective uid: $(effective-id -u)\"");
        registry.push(images.image("nonewprivs"), E2E + "nonewprivs:1.3");
    }

    private void pushUsers() throws IOException, InterruptedException {
        for (Map.Entry<String, String> each : USERS.entrySet()) {
            String name = "test-image-user-" + each.getKey();
            images.copy("busybox", name);
            images.configure(name, "--config.user=" + each.getValue());
            registry.push(images.image(name), TOOLS + name + ":latest");
        }
        Path tree = Files.createTempDirectory(scratch, "groups");
        Files.createDirectories(tree.resolve("etc"));
        Files.writeString(
                tree.resolve("etc/passwd"),
                "root:x:0:0:root:/root:/bin/sh\ndefault-user:x:1000:1000::/home:/bin/sh\n");
        Files.writeString(
                tree.resolve("etc/group"),
                """
                root:x:0:
                default-user:x:1000:
                group-defined-in-image:x:50000:default-user
                """);
        String name = "test-image-predefined-group";
        derive(name, tree, "--config.user=1000");
        registry.push(images.image(name), TOOLS + name + ":latest");
    }

    private void pushTestImages() throws IOException, InterruptedException {
        marked("pause", "--config.entrypoint=sleep", "--config.cmd=infinity");
        registry.push(images.image("pause"), "pause:3.9");
        for (String name : List.of("latest:latest", "tag:test", "tag:all")) {
            String tag = "test-image-" + name.replace(':', '-');
            marked(tag);
            registry.push(images.image(tag), TOOLS + "test-image-" + name);
        }
        for (int i = 1; i <= 3; i++) {
            marked("test-image-" + i);
            registry.push(images.image("test-image-" + i), TOOLS + "test-image-" + i + ":latest");
        }
        marked("test-image-tags");
        for (int i = 1; i <= 3; i++) {
            registry.push(images.image("test-image-tags"), TOOLS + "test-image-tags:" + i);
        }
    }

    /** busybox with one file more, so that it is an image of its own. */
    private void marked(String tag, String... options) throws IOException, InterruptedException {
        Path tree = Files.createTempDirectory(scratch, "marked");
        Files.writeString(tree.resolve(tag), tag + "\n");
        derive(tag, tree, options);
    }

    private void derive(String tag, Path tree, String... options)
            throws IOException, InterruptedException {
        // A layer's root gives the image's root its mode.
        Command.run(scratch, List.of("chmod", "755", tree.toString()));
        images.copy("busybox", tag);
        images.addTree(tag, tree);
        if (options.length > 0) {
            images.configure(tag, options);
        }
    }
}
