package carafe.runtime.fake;

import carafe.base.Steps;
import carafe.runtime.port.LifeMeter;
import carafe.runtime.port.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A node in memory, with its state in two real directories. Runtimes come and go on it. */
public final class FakeNode {
    private final Path base;
    private final Faults faults = new Faults();
    private final FakeProcesses processes = new FakeProcesses();
    private final FakeHostPaths host = new FakeHostPaths();
    private final FakeSelinux selinux = new FakeSelinux();
    private final FakeShims shims = new FakeShims(faults, processes, host);
    private final FakeCgroups cgroups = new FakeCgroups(faults);
    private final FakeMeters meters = new FakeMeters();
    private final FakeNetwork network = new FakeNetwork(faults);
    private final FakeImages images = new FakeImages(faults);
    private final Map<String, byte[]> imageFiles = new ConcurrentHashMap<>();
    private volatile Steps steps = Steps.NONE;

    /**
     * @param base an empty directory
     */
    public FakeNode(Path base) {
        this.base = base;
        try {
            Files.createDirectories(etc());
            Files.writeString(etc().resolve("resolv.conf"), "nameserver 192.0.2.1\n");
            Files.writeString(etc().resolve("hosts"), "127.0.0.1 localhost node\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public FakeSelinux selinux() {
        return selinux;
    }

    public Ports ports() {
        return new Ports(
                shims,
                processes,
                cgroups,
                meters,
                network,
                images,
                (_, path, _, _) -> Optional.ofNullable(imageFiles.get(path)),
                host,
                selinux,
                new FaultyFiles(faults),
                step -> steps.reached(step),
                LifeMeter.NONE,
                InstantSource.system());
    }

    public Path root() {
        return base.resolve("lib");
    }

    public Path state() {
        return base.resolve("run");
    }

    public Path etc() {
        return base.resolve("etc");
    }

    public Path cdi() {
        return base.resolve("cdi");
    }

    public Path logs() {
        return base.resolve("log");
    }

    public Faults faults() {
        return faults;
    }

    public FakeProcesses processes() {
        return processes;
    }

    public FakeShims shims() {
        return shims;
    }

    public FakeCgroups cgroups() {
        return cgroups;
    }

    public FakeMeters meters() {
        return meters;
    }

    public FakeNetwork network() {
        return network;
    }

    public FakeImages images() {
        return images;
    }

    public FakeHostPaths host() {
        return host;
    }

    public void setSteps(Steps steps) {
        this.steps = steps;
    }

    /** Whatever an earlier runtime watches it will never hear of. */
    public void daemonDies() {
        processes.dropWatchers();
        shims.dropWatchers();
    }

    /** A file in the image. */
    public void imageFile(String path, String content) {
        imageFiles.put(path, content.getBytes(StandardCharsets.UTF_8));
    }

    /** The shim of a container. */
    public FakeShim shim(String containerId) {
        return shims.of(state().resolve("containers").resolve(containerId));
    }

    /** Everything that pods and containers can leave behind; empty = nothing is left. */
    public List<String> leftovers() {
        List<String> left = new ArrayList<>();
        processes.alive().forEach(each -> left.add("process " + each));
        cgroups.paths().forEach(each -> left.add("cgroup " + each));
        network.attached().forEach(each -> left.add("network of " + each));
        images.snapshots().forEach(each -> left.add("snapshot of " + each));
        host.mounts().forEach(each -> left.add("mount " + each));
        for (String each : List.of("run/pods", "run/containers", "lib/pods", "lib/containers")) {
            left.addAll(entries(base.resolve(each)));
        }
        return left;
    }

    /** Waits for something that happens on another thread. */
    public static void eventually(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("it has not happened within 30 s");
            }
            LockSupport.parkNanos(200_000);
        }
    }

    private static List<String> entries(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(directory)) {
            return found.map(each -> "file " + each).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
