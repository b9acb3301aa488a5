package carafe.testkit.debian;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Debian's docker-registry on a free port of 127.0.0.1, over plain HTTP. Owns the process; what it
 * stores stays in its directory.
 */
public final class DockerRegistry implements AutoCloseable {
    private static final Duration READY_DEADLINE = Duration.ofSeconds(20);

    private final Path dir;
    private final int port;
    private final Process process;

    private DockerRegistry(Path dir, int port, Process process) {
        this.dir = dir;
        this.port = port;
        this.process = process;
    }

    /**
     * Starts a registry and waits until it takes connections.
     *
     * @param dir an existing directory of its own
     */
    public static DockerRegistry start(Path dir) throws IOException, InterruptedException {
        int port = freePort();
        Path config = dir.resolve("registry.yml");
        Files.writeString(
                config,
                """
                version: 0.1
                log: {level: warn}
                storage: {filesystem: {rootdirectory: %s}, delete: {enabled: true}}
                http: {addr: "127.0.0.1:%d"}
                """
                        .formatted(dir.resolve("data"), port));
        Process process =
                new ProcessBuilder("docker-registry", "serve", config.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(dir.resolve("registry.log").toFile())
                        .start();
        DockerRegistry registry = new DockerRegistry(dir, port, process);
        registry.awaitReady();
        return registry;
    }

    /** {@code 127.0.0.1:port}, the first part of its images' names. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    /** The reference of an image here, as {@code address/name:tag}. */
    public String reference(String nameAndTag) {
        return address() + "/" + nameAndTag;
    }

    /** The directory of what was pushed, for tests that damage it. */
    public Path data() {
        return dir.resolve("data");
    }

    /**
     * Pushes an image of an OCI layout.
     *
     * @param layout the directory and tag, as {@code dir:tag}
     * @return its reference
     */
    public String push(String layout, String nameAndTag) throws IOException, InterruptedException {
        Command.run(
                dir,
                List.of(
                        "skopeo",
                        "copy",
                        "--quiet",
                        "--insecure-policy",
                        "--dest-tls-verify=false",
                        "oci:" + layout,
                        "docker://" + reference(nameAndTag)));
        return reference(nameAndTag);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void awaitReady() throws IOException, InterruptedException {
        long end = System.nanoTime() + READY_DEADLINE.toNanos();
        while (!connects()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                close();
                byte[] log = Files.readAllBytes(dir.resolve("registry.log"));
                throw new IOException(
                        "docker-registry does not answer on %s: %s"
                                .formatted(address(), new String(log, StandardCharsets.UTF_8)));
            }
            Thread.sleep(50);
        }
    }

    private boolean connects() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
