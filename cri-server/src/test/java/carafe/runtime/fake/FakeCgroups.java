package carafe.runtime.fake;

import carafe.base.CarafeException;
import carafe.runtime.port.Cgroups;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Cgroups as a set of paths. Thread-safe. */
public final class FakeCgroups implements Cgroups {
    private final Faults faults;
    private final Set<String> paths = ConcurrentHashMap.newKeySet();
    private final Map<String, Limits> limits = new ConcurrentHashMap<>();
    private final Set<String> killed = ConcurrentHashMap.newKeySet();

    FakeCgroups(Faults faults) {
        this.faults = faults;
    }

    public Set<String> paths() {
        return Set.copyOf(paths);
    }

    public Set<String> killed() {
        return Set.copyOf(killed);
    }

    /** The limits that a cgroup was made with. */
    public Optional<Limits> limits(String path) {
        return Optional.ofNullable(limits.get(path));
    }

    @Override
    public PodCgroup planPod(String parent, String podId) {
        return parent.isEmpty()
                ? new PodCgroup("/carafe/" + podId, true)
                : new PodCgroup(parent, !paths.contains(parent));
    }

    @Override
    public void makePod(PodCgroup pod) {
        run("cgroups.makePod", () -> paths.add(pod.path()));
    }

    @Override
    public void removePod(PodCgroup pod) {
        run(
                "cgroups.removePod",
                () -> {
                    if (pod.made()
                            && paths.stream()
                                    .noneMatch(each -> each.startsWith(pod.path() + "/"))) {
                        paths.remove(pod.path());
                    }
                    return true;
                });
    }

    @Override
    public String containerPath(PodCgroup pod, String containerId) {
        return pod.path() + "/" + containerId;
    }

    @Override
    public ContainerCgroup create(String path, Limits wanted) {
        return run(
                "cgroups.create",
                () -> {
                    paths.add(path);
                    limits.put(path, wanted);
                    Path memory = Path.of("/sys/fs/cgroup/memory" + path);
                    return new ContainerCgroup(
                            path, List.of(memory.resolve("tasks")), null, memory, 1);
                });
    }

    @Override
    public void kill(String path) {
        run("cgroups.kill", () -> killed.add(path));
    }

    @Override
    public void remove(String path) {
        run("cgroups.remove", () -> paths.remove(path));
    }

    @Override
    public Optional<String> problem() {
        return Optional.empty();
    }

    private <T> T run(String what, Faults.Action<T, RuntimeException> action) {
        return faults.run(what, action, CarafeException.Internal::new);
    }
}
