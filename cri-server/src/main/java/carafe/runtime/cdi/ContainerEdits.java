package carafe.runtime.cdi;

import carafe.runtime.api.EnvVar;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * What a container gets with a device.
 *
 * @param env a later one of the same name wins
 * @param additionalGids supplementary groups of its first process
 */
public record ContainerEdits(
        List<EnvVar> env,
        List<DeviceNode> deviceNodes,
        List<Mount> mounts,
        List<Hook> hooks,
        List<Long> additionalGids) {
    /** Nothing. */
    public static final ContainerEdits NONE =
            new ContainerEdits(List.of(), List.of(), List.of(), List.of(), List.of());

    /** What a number is that a file does not say. */
    public static final long UNSAID = -1;

    public ContainerEdits {
        env = List.copyOf(env);
        deviceNodes = List.copyOf(deviceNodes);
        mounts = List.copyOf(mounts);
        hooks = List.copyOf(hooks);
        additionalGids = List.copyOf(additionalGids);
    }

    /**
     * A device node.
     *
     * @param path in the container
     * @param hostPath on the node
     * @param type {@code b}, {@code c} or {@code p}; empty = as on the node
     * @param fileMode permission bits
     * @param permissions some of {@code rwm}
     */
    public record DeviceNode(
            String path,
            String hostPath,
            String type,
            long major,
            long minor,
            long fileMode,
            String permissions,
            long uid,
            long gid) {}

    /**
     * A mount.
     *
     * @param type empty = a bind
     */
    public record Mount(String hostPath, String containerPath, String type, List<String> options) {
        public Mount {
            options = List.copyOf(options);
        }
    }

    /**
     * A program to be run at a moment of the container's life.
     *
     * @param name the moment: createRuntime, createContainer, …
     * @param args with the program's own name first
     * @param timeout zero = the runtime's own
     */
    public record Hook(
            String name, String path, List<String> args, List<String> env, Duration timeout) {
        public Hook {
            args = List.copyOf(args);
            env = List.copyOf(env);
        }
    }

    /** These, then those. */
    public ContainerEdits and(ContainerEdits more) {
        LinkedHashSet<Long> gids = new LinkedHashSet<>(additionalGids);
        gids.addAll(more.additionalGids);
        return new ContainerEdits(
                joined(env, more.env),
                joined(deviceNodes, more.deviceNodes),
                joined(mounts, more.mounts),
                joined(hooks, more.hooks),
                List.copyOf(gids));
    }

    private static <T> List<T> joined(List<T> first, List<T> second) {
        List<T> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
