package carafe.runtime.container;

import carafe.base.CarafeException;
import carafe.runtime.api.MountSpec;
import carafe.runtime.port.HostPaths;
import carafe.runtime.port.HostPaths.Propagation;
import java.util.List;

/** Looks at the sources of a container's mounts: they must exist and propagate as asked. */
final class MountSources {
    private final HostPaths host;

    MountSources(HostPaths host) {
        this.host = host;
    }

    void check(List<MountSpec> mounts) {
        for (MountSpec each : mounts) {
            if (each.recursiveReadOnly() && !host.canBeReadOnlyRecursively()) {
                throw new CarafeException.Unsupported(
                        ("RROUnsupported: the mount on %s is to be read-only recursively, which"
                                        + " needs mount_setattr(2) of Linux 5.12")
                                .formatted(each.containerPath()));
            }
            if (each.image() != null) {
                continue; // its image was looked for already
            }
            if (!host.exists(each.hostPath())) {
                throw new CarafeException.Invalid(
                        "the source %s of the mount on %s does not exist on this node"
                                .formatted(each.hostPath(), each.containerPath()));
            }
            checkPropagation(each);
        }
    }

    private void checkPropagation(MountSpec mount) {
        switch (mount.propagation()) {
            case PRIVATE -> {}
            case HOST_TO_CONTAINER -> {
                if (host.propagation(mount.hostPath()) == Propagation.PRIVATE) {
                    throw wrong(mount, "shared or slave");
                }
            }
            case BIDIRECTIONAL -> {
                if (host.propagation(mount.hostPath()) != Propagation.SHARED) {
                    throw wrong(mount, "shared");
                }
            }
        }
    }

    private static CarafeException wrong(MountSpec mount, String needed) {
        return new CarafeException.Invalid(
                "the source %s of the mount on %s is not on a %s mount, as propagation %s needs"
                        .formatted(
                                mount.hostPath(),
                                mount.containerPath(),
                                needed,
                                mount.propagation()));
    }
}
