package carafe.runtime.state;

import java.nio.file.Path;

/**
 * Where the daemon keeps what lives no longer than the machine's run.
 *
 * @param state for example {@code /run/carafe}
 */
public record StatePaths(Path state) {
    /** The bundle of a pod's holder. */
    public Path pod(String id) {
        return state.resolve("pods").resolve(id);
    }

    /** The tmpfs of a pod, on the host. */
    public Path podMemory(String id) {
        return pod(id).resolve("mem");
    }

    /** The bundle of a container. */
    public Path container(String id) {
        return state.resolve("containers").resolve(id);
    }

    public Path pods() {
        return state.resolve("pods");
    }

    public Path containers() {
        return state.resolve("containers");
    }
}
