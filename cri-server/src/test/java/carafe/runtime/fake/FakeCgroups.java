package carafe.runtime.fake;

import carafe.base.CarafeException;
import carafe.runtime.api.Resources;
import carafe.runtime.port.Cgroups;
import carafe.runtime.port.ProcessId;
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
    private final Map<String, Resources> values = new ConcurrentHashMap<>();
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

    /** A cgroup that somebody else has made. */
    public void addForeign(String path) {
        paths.add(path);
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
    public void makePod(PodCgroup pod, ProcessId holder, Resources wanted) {
        run(
                "cgroups.makePod",
                () -> {
                    paths.add(pod.path());
                    return values.put(pod.path(), pod.made() ? wanted : Resources.NONE);
                });
    }

    @Override
    public LimitChange changePod(PodCgroup pod, Resources wanted) {
        return pod.made() ? change(pod.path(), wanted) : () -> {};
    }

    @Override
    public LimitChange change(String path, Resources wanted) {
        Resources before = values.getOrDefault(path, Resources.NONE);
        try {
            return run(
                    "cgroups.change",
                    () -> {
                        values.put(path, before.changedBy(wanted));
                        return () -> values.put(path, before);
                    });
        } catch (CarafeException e) {
            // All or none, as the port promises.
            values.put(path, before);
            throw e;
        }
    }

    /** What the kernel would say of a cgroup. */
    public Resources values(String path) {
        return values.getOrDefault(path, Resources.NONE);
    }

    @Override
    public Resources current(String path, Resources recorded) {
        return values.getOrDefault(path, recorded);
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
                    values.put(path, wanted.resources());
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
        run(
                "cgroups.remove",
                () -> {
                    killed.add(path);
                    return paths.remove(path);
                });
    }

    @Override
    public Optional<String> problem() {
        return Optional.empty();
    }

    private <T> T run(String what, Faults.Action<T, RuntimeException> action) {
        return faults.run(what, action, CarafeException.Internal::new);
    }
}
