package carafe.runtime.container;

import carafe.base.CarafeException;
import carafe.runtime.api.MountSpec;
import carafe.runtime.api.MountSpec.Propagation;
import java.util.Arrays;
import java.util.Set;

/** Refuses mounts that contradict themselves, before anything is looked at or begun. */
final class MountRules {
    /** Kubelet knows a failed image volume by this word. */
    static final String IMAGE_FAILED = "ImageVolumeMountFailed: ";

    private static final int MAX_SUB_PATH = 4096;
    private static final Set<String> OPTIONS = Set.of("noexec", "nodev", "nosuid");

    private MountRules() {}

    static void check(MountSpec mount) {
        String path = mount.containerPath();
        if (mount.uidMappings().isEmpty() != mount.gidMappings().isEmpty()) {
            throw new CarafeException.Invalid(
                    "the mount on %s needs mappings of users and groups together".formatted(path));
        }
        for (String option : mount.options()) {
            if (!OPTIONS.contains(option)) {
                throw new CarafeException.Invalid(
                        "mount on %s: \"%s\" is not one of the mount options noexec, nodev, nosuid"
                                .formatted(path, option));
            }
        }
        if (mount.recursiveReadOnly()) {
            checkRecursive(mount);
        }
        if (mount.image() == null) {
            checkHostPath(mount);
        } else {
            checkImage(mount);
        }
    }

    private static void checkRecursive(MountSpec mount) {
        if (!mount.readonly() || mount.propagation() != Propagation.PRIVATE) {
            throw new CarafeException.Invalid(
                    ("mount on %s: recursive_read_only needs readonly and private propagation,"
                                    + " this one has readonly %s and propagation %s")
                            .formatted(
                                    mount.containerPath(), mount.readonly(), mount.propagation()));
        }
    }

    private static void checkHostPath(MountSpec mount) {
        if (!mount.hostPath().startsWith("/") || mount.hostPath().indexOf(0) >= 0) {
            throw new CarafeException.Invalid(
                    "the source \"%s\" of the mount on %s is not an absolute path"
                            .formatted(mount.hostPath(), mount.containerPath()));
        }
        if (!mount.imageSubPath().isEmpty()) {
            throw new CarafeException.Invalid(
                    "mount on %s: image_sub_path without an image"
                            .formatted(mount.containerPath()));
        }
    }

    private static void checkImage(MountSpec mount) {
        if (!mount.hostPath().isEmpty()) {
            throw image(mount, "it names an image and the host path " + mount.hostPath());
        }
        if (!mount.uidMappings().isEmpty()) {
            throw image(mount, "an image cannot be mounted with mappings of users and groups");
        }
        if (!mount.readonly()) {
            throw image(mount, "an image can be mounted read-only only, set readonly");
        }
        if (mount.propagation() != Propagation.PRIVATE) {
            throw image(mount, "an image has no mounts to propagate, leave propagation private");
        }
        String sub = mount.imageSubPath();
        boolean climbs = Arrays.asList(sub.split("/", -1)).contains("..");
        if (sub.startsWith("/") || climbs || sub.length() > MAX_SUB_PATH) {
            throw image(
                    mount,
                    "image_sub_path must be a relative path without \"..\" of at most %d characters"
                            .formatted(MAX_SUB_PATH));
        }
    }

    private static CarafeException image(MountSpec mount, String why) {
        return new CarafeException.Invalid(
                "%smount on %s: %s".formatted(IMAGE_FAILED, mount.containerPath(), why));
    }
}
