package carafe.runtime.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A mount of a host path or an image.
 *
 * @param hostPath a link is followed, a missing path is an error; empty with an image
 * @param recursiveReadOnly also mounts below are read-only
 * @param image mounted read-only in place of a host path
 * @param imageSubPath inside the image
 * @param options noexec, nodev, nosuid
 */
public record MountSpec(
        String containerPath,
        String hostPath,
        boolean readonly,
        boolean recursiveReadOnly,
        boolean selinuxRelabel,
        Propagation propagation,
        List<IdMapping> uidMappings,
        List<IdMapping> gidMappings,
        @Nullable ImageName image,
        String imageSubPath,
        List<String> options) {
    public MountSpec {
        uidMappings = List.copyOf(uidMappings);
        gidMappings = List.copyOf(gidMappings);
        options = List.copyOf(options);
    }

    /** A private bind mount without further wishes. */
    public static MountSpec bind(String hostPath, String containerPath) {
        return new MountSpec(
                containerPath,
                hostPath,
                false,
                false,
                false,
                Propagation.PRIVATE,
                List.of(),
                List.of(),
                null,
                "",
                List.of());
    }

    /** The same mount of another name of its image. */
    public MountSpec withImage(ImageName name) {
        return new MountSpec(
                containerPath,
                hostPath,
                readonly,
                recursiveReadOnly,
                selinuxRelabel,
                propagation,
                uidMappings,
                gidMappings,
                name,
                imageSubPath,
                options);
    }

    /** In which direction later mounts become visible. */
    public enum Propagation {
        PRIVATE,
        HOST_TO_CONTAINER,
        BIDIRECTIONAL
    }
}
