package carafe.runtime.port;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The host's files as sources of mounts and devices. A look at a dead file system has a deadline.
 */
public interface HostPaths {
    /**
     * @throws carafe.base.CarafeException.Unavailable when the file system does not answer
     */
    boolean exists(String path);

    /**
     * How mounts below a path propagate.
     *
     * @return the mount that holds the path
     */
    Propagation propagation(String path);

    /** The device that a path names, links followed; empty when it is no device. */
    Optional<Device> device(String path);

    /** All devices below a directory of the host, without ptys, shm and mqueue. */
    List<Device> devicesBelow(String directory);

    /** Whether it is a directory. */
    boolean isDirectory(String path);

    /** Whether a mount can be made read-only together with all below it. */
    boolean canBeReadOnlyRecursively();

    /** Takes a mount of ours out of the mount table; none there is success. */
    void detachMount(Path mountPoint);

    /** Propagation of a mount. */
    enum Propagation {
        PRIVATE,
        SLAVE,
        SHARED
    }

    /**
     * A device node.
     *
     * @param type {@code b} or {@code c}
     * @param mode permission bits
     */
    record Device(String path, char type, int major, int minor, int mode, long uid, long gid) {}
}
