package carafe.testkit.registry;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Debian's {@code docker-registry} on 127.0.0.1 and a free port, with its data in a directory of
 * the test. Owns the process; close it.
 */
public final class RealRegistry implements AutoCloseable {
    private static final String PROGRAM = "/usr/bin/docker-registry";
    private static final Duration START = Duration.ofSeconds(20);

    private final Process process;
    private final int port;

    private RealRegistry(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Whether the program is installed; a test without it skips. */
    public static boolean isInstalled() {
        return Files.isExecutable(Path.of(PROGRAM));
    }

    /**
     * Starts a registry and waits until it answers.
     *
     * @param dir for its configuration, log and data
     */
    public static RealRegistry start(Path dir) throws IOException, InterruptedException {
        return start(dir, "", "");
    }

    /**
     * As {@link #start(Path)}, guarded.
     *
     * @param tls {@code , tls: {certificate: FILE, key: FILE}}, or empty
     * @param auth lines of its configuration, or empty
     */
    public static RealRegistry start(Path dir, String tls, String auth)
            throws IOException, InterruptedException {
        int port = freePort();
        Path config = dir.resolve("registry.yml");
        Files.writeString(
                config,
                """
                version: 0.1
                log: {level: warn}
                storage:
                  filesystem: {rootdirectory: %s}
                  delete: {enabled: true}
                http: {addr: "127.0.0.1:%d"%s}
                %s
                """
                        .formatted(dir.resolve("registry-data"), port, tls, auth));
        Path log = dir.resolve("registry.log");
        Process process =
                new ProcessBuilder(PROGRAM, "serve", config.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        RealRegistry registry = new RealRegistry(process, port);
        long end = System.nanoTime() + START.toNanos();
        while (!registry.answers()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                registry.close();
                throw new IOException("docker-registry does not start: " + Files.readString(log));
            }
            Thread.sleep(50);
        }
        return registry;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Host and port, as an image reference names them. */
    public String host() {
        return "127.0.0.1:" + port;
    }

    /**
     * Copies an image into the registry with skopeo.
     *
     * @param from in skopeo's words, such as {@code oci:/dir:tag}
     * @param name repository and tag
     * @param options further options of {@code skopeo copy}
     * @return the full reference
     */
    public String copy(String from, String name, String... options)
            throws IOException, InterruptedException {
        String reference = host() + "/" + name;
        List<String> command = new ArrayList<>(List.of("skopeo", "copy", "-q"));
        command.addAll(List.of("--dest-tls-verify=false", "--insecure-policy"));
        command.addAll(List.of(options));
        command.addAll(List.of(from, "docker://" + reference));
        Process skopeo = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(skopeo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!skopeo.waitFor(5, TimeUnit.MINUTES) || skopeo.exitValue() != 0) {
            skopeo.destroyForcibly();
            throw new IOException(String.join(" ", command) + ": " + said);
        }
        return reference;
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
}
