package carafe.server;

import carafe.base.CarafeException;
import carafe.image.Image;
import carafe.image.ImageService;
import carafe.runtime.api.Caller;
import carafe.runtime.api.ContainerMetadata;
import carafe.runtime.api.ContainerPhase;
import carafe.runtime.api.ContainerRuntime;
import carafe.runtime.api.ContainerSecurity;
import carafe.runtime.api.ContainerSpec;
import carafe.runtime.api.ContainerStatus;
import carafe.runtime.api.ImageName;
import carafe.runtime.api.Resources;
import carafe.runtime.api.RuntimeCondition;
import carafe.runtime.api.SandboxMetadata;
import carafe.runtime.api.SandboxSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One pod from the embedded demo image: imports the image, runs the pod, prints its log. Closing
 * removes the pod. Used by one thread; close may come from another one.
 */
final class Demo implements AutoCloseable {
    static final String IMAGE = "carafe.local/demo:latest";

    /** Asks the demo container whether it serves. */
    static final List<String> PROBE = List.of("/demo", "get");

    private static final String ARCHIVE = "/carafe/demo/demo-image.tar";
    private static final String LOG_FILE = "demo.log";

    /** What crictl shows as pod and name of a container. */
    private static final Map<String, String> LABELS =
            Map.of(
                    "io.kubernetes.pod.name", "demo",
                    "io.kubernetes.pod.namespace", "default",
                    "io.kubernetes.container.name", "server");

    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration FIRST_LINE = Duration.ofSeconds(10);
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final ContainerRuntime runtime;
    private final ImageService images;
    private final Path dir;
    private final Consumer<String> say;
    private final DemoLog log;
    private final CountDownLatch followed = new CountDownLatch(1);
    private volatile @Nullable String pod;
    private volatile String container = "";
    private volatile boolean following;

    /**
     * @param dir for the archive and the pod's log
     * @param say takes a line for the user
     */
    Demo(ContainerRuntime runtime, ImageService images, Path dir, Consumer<String> say) {
        this.runtime = runtime;
        this.images = images;
        this.dir = dir;
        this.say = say;
        this.log = new DemoLog(logs().resolve(LOG_FILE), line -> say.accept("    | " + line));
    }

    /** Imports the image and starts the pod; the container's id. */
    String start() {
        Image image = importImage();
        say.accept("image %s imported: %d KiB".formatted(IMAGE, image.sizeBytes() / 1024));
        String sandbox = runtime.runSandbox(pod(), Caller.PATIENT);
        pod = sandbox;
        say.accept("pod %s is ready%s".formatted(shortId(sandbox), network(sandbox)));
        container = runtime.createContainer(sandbox, container(), Caller.PATIENT);
        runtime.startContainer(container);
        int pid = runtime.containerDetails(container).pid();
        say.accept("container %s is running as process %d".formatted(shortId(container), pid));
        return container;
    }

    /** Hands on the container's log until its first line has come; a few seconds at most. */
    void awaitFirstLine() {
        long end = System.nanoTime() + FIRST_LINE.toNanos();
        while (!log.poll() && System.nanoTime() < end && pause()) {
            // nothing yet
        }
    }

    /** Hands on the container's log until it has ended; its exit code. */
    int follow() {
        following = true;
        try {
            while (status().view().phase() == ContainerPhase.RUNNING && pause()) {
                log.poll();
            }
            log.poll();
            return status().exitCode();
        } finally {
            followed.countDown();
        }
    }

    /** Lets the container end by itself, then removes the pod. */
    @Override
    public void close() {
        String sandbox = pod;
        if (sandbox == null) {
            return;
        }
        pod = null;
        if (!container.isEmpty()) {
            runtime.stopContainer(container, GRACE);
            awaitFollowed();
        }
        runtime.stopSandbox(sandbox);
        runtime.removeSandbox(sandbox);
        images.remove(IMAGE);
        say.accept("pod %s removed".formatted(shortId(sandbox)));
    }

    private void awaitFollowed() {
        try {
            if (following && !followed.await(GRACE.toSeconds(), TimeUnit.SECONDS)) {
                say.accept("the log could not be read to its end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Path logs() {
        return dir.resolve("logs");
    }

    private ContainerStatus status() {
        return runtime.containerStatus(container);
    }

    /** False when the thread was interrupted. */
    private static boolean pause() {
        try {
            Thread.sleep(POLL);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    static String shortId(String id) {
        return id.substring(0, Math.min(13, id.length()));
    }

    private Image importImage() {
        Path archive = dir.resolve("demo-image.tar");
        try (InputStream in = Demo.class.getResourceAsStream(ARCHIVE)) {
            if (in == null) {
                throw new CarafeException.Internal(
                        "this build has no demo image; build module demo, or use ./carafe");
            }
            Files.createDirectories(logs());
            Files.copy(in, archive);
            return images.importFrom(archive, Optional.of(IMAGE));
        } catch (IOException e) {
            throw new CarafeException.Internal("cannot write the demo image to " + dir, e);
        } finally {
            delete(archive);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new CarafeException.Internal("cannot remove " + file, e);
        }
    }

    private SandboxSpec pod() {
        return new SandboxSpec(
                new SandboxMetadata("demo", "demo-0", "default", 0),
                "demo",
                logs().toString(),
                null,
                List.of(),
                Map.of("app", "demo"),
                Map.of(),
                "",
                SandboxSpec.Linux.NONE);
    }

    private static ContainerSpec container() {
        return new ContainerSpec(
                new ContainerMetadata("server", 0),
                new ImageName(IMAGE, IMAGE, "", Map.of()),
                List.of(),
                List.of(),
                "",
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                LABELS,
                Map.of(),
                LOG_FILE,
                ContainerSpec.Stdio.NONE,
                Resources.NONE,
                ContainerSecurity.NONE,
                null);
    }

    /** With which network the pod runs, and why with no more. */
    private String network(String sandbox) {
        List<String> addresses = runtime.sandboxStatus(sandbox).addresses();
        if (!addresses.isEmpty()) {
            return ", address " + String.join(" and ", addresses);
        }
        return runtime.conditions().stream()
                .filter(c -> c.type().equals("NetworkReady") && !c.holds())
                .map(RuntimeCondition::message)
                .map(why -> "; it has only its own loopback (" + why + ")")
                .findFirst()
                .orElse("");
    }
}
