package carafe.shim.child;

import carafe.shim.spec.IdMaps;
import carafe.shim.sys.Errno;
import carafe.shim.sys.MountCalls;
import carafe.shim.sys.SyscallException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives detached mounts the ids of a user namespace: the container's own where the maps are the
 * same, else one made for the purpose.
 */
final class IdMappings {
    private record Known(IdMaps maps, int namespace) {}

    private final MountCalls mounts;
    private final UserNamespaces namespaces;
    private final List<Known> known = new ArrayList<>();

    /**
     * @param own maps of the container's user namespace, null when it has none
     * @param ownNamespace descriptor of it
     */
    IdMappings(
            MountCalls mounts, UserNamespaces namespaces, @Nullable IdMaps own, int ownNamespace) {
        this.mounts = mounts;
        this.namespaces = namespaces;
        if (own != null) {
            known.add(new Known(own, ownNamespace));
        }
    }

    /**
     * Maps a mount that nobody else has seen yet.
     *
     * @param flags AT_RECURSIVE or 0
     * @param path for the error
     */
    void apply(int tree, int flags, IdMaps maps, String path)
            throws SyscallException, RefusedException {
        int namespace = namespace(maps);
        try {
            mounts.setIdMap(tree, flags, namespace);
        } catch (SyscallException e) {
            if (e.errno() != Errno.EINVAL) {
                throw e;
            }
            throw new RefusedException(
                    "the file system of " + path + " cannot be mounted with other ids (idmapped)");
        }
    }

    private int namespace(IdMaps maps) throws SyscallException {
        for (Known each : known) {
            if (each.maps().sameAs(maps)) {
                return each.namespace();
            }
        }
        int made = namespaces.make(maps);
        known.add(new Known(maps, made));
        return made;
    }
}
