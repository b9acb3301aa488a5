package carafe.runtime.api;

import java.util.List;
import java.util.Optional;
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

    /** The pod's own user namespace; empty when its ids are the node's. */
    public Optional<UserNamespace> ownUser() {
        return Optional.ofNullable(user).filter(each -> each.mode() == Mode.POD);
    }

    /**
     * A user namespace.
     *
     * @param mode POD or NODE
     * @param uids one run that begins with 0, with mode POD
     * @param gids as {@code uids}
     */
    public record UserNamespace(Mode mode, List<IdMapping> uids, List<IdMapping> gids) {
        public UserNamespace {
            uids = List.copyOf(uids);
            gids = List.copyOf(gids);
        }

        /** Who is root inside, as the node sees it. */
        public long rootUid() {
            return uids.getFirst().hostId();
        }

        /** Root's group inside, as the node sees it. */
        public long rootGid() {
            return gids.getFirst().hostId();
        }
    }
}
