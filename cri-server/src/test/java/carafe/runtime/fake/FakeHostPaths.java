package carafe.runtime.fake;

import carafe.runtime.port.HostPaths;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Paths of a host that are there because a test says so. Thread-safe. */
public final class FakeHostPaths implements HostPaths {
    private final Set<String> existing = ConcurrentHashMap.newKeySet();
    private final Map<String, Device> devices = new ConcurrentHashMap<>();
    private final Map<String, Propagation> propagations = new ConcurrentHashMap<>();
    private final Set<Path> mounts = ConcurrentHashMap.newKeySet();
    private volatile boolean readOnlyRecursively = true;

    public void add(String path) {
        existing.add(path);
    }

    public void add(Device device) {
        devices.put(device.path(), device);
    }

    public void setPropagation(String path, Propagation propagation) {
        existing.add(path);
        propagations.put(path, propagation);
    }

    void mount(Path path) {
        mounts.add(path);
    }

    public Set<Path> mounts() {
        return Set.copyOf(mounts);
    }

    @Override
    public boolean exists(String path) {
        return existing.contains(path);
    }

    @Override
    public Propagation propagation(String path) {
        return propagations.getOrDefault(path, Propagation.PRIVATE);
    }

    @Override
    public Optional<Device> device(String path) {
        return Optional.ofNullable(devices.get(path));
    }

    @Override
    public List<Device> devicesBelow(String directory) {
        return devices.values().stream()
                .filter(each -> each.path().startsWith(directory + "/"))
                .sorted((a, b) -> a.path().compareTo(b.path()))
                .toList();
    }

    @Override
    public boolean isDirectory(String path) {
        return !devicesBelow(path).isEmpty();
    }

    public void forbidReadOnlyRecursively() {
        readOnlyRecursively = false;
    }

    @Override
    public boolean canBeReadOnlyRecursively() {
        return readOnlyRecursively;
    }

    /** The files in a tmpfs vanish with it. */
    @Override
    public void detachMount(Path mountPoint) {
        if (mounts.remove(mountPoint)) {
            empty(mountPoint);
        }
    }

    private static void empty(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path each : entries.toList()) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
