package carafe.runtime.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * With whom a pod's or container's namespaces are shared.
 *
 * @param network POD or NODE
 * @param pid any of the four
 * @param ipc POD or NODE
 * @param targetId container of the same pod whose processes are seen, only with {@link Mode#TARGET}
 * @param user absent = no user namespace asked for
 */
public record NamespaceModes(
        Mode network, Mode pid, Mode ipc, String targetId, @Nullable UserNamespace user) {
    /** Whose namespace it is. */
    public enum Mode {
        POD,
        CONTAINER,
        NODE,
        TARGET
    }

    /** Own network and IPC namespace of the pod, own PID namespace of each container. */
    public static NamespaceModes ofPod() {
        return new NamespaceModes(Mode.POD, Mode.CONTAINER, Mode.POD, "", null);
    }

    /**
     * A user namespace.
     *
     * @param mode POD or NODE
     */
    public record UserNamespace(Mode mode, List<IdMapping> uids, List<IdMapping> gids) {
        public UserNamespace {
            uids = List.copyOf(uids);
            gids = List.copyOf(gids);
        }
    }
}
