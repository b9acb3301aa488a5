package carafe.runtime.container;

import carafe.base.CarafeException;
import carafe.image.Image;
import carafe.image.ImageService;
import carafe.image.snapshot.Snapshot;
import carafe.runtime.api.ImageName;
import carafe.runtime.api.MountSpec;
import carafe.runtime.spec.OciMount;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The images that containers mount: found, kept on the node while a container has them, and given
 * back. Each is kept under a name made of the container's id, so that it is found from the id
 * alone. Thread-safe.
 */
public final class ImageMounts {
    private static final String VOLUME = ".volume-";

    private final ImageService images;

    public ImageMounts(ImageService images) {
        this.images = images;
    }

    /**
     * An image's layers under the name that the specification's mount has as its source.
     *
     * @param lowerTopFirst at least two, so that stacking them gives a file system of its own
     */
    record Volume(String source, List<Path> lowerTopFirst, String subPath) {}

    /** The same mounts, each image with the id of what its name finds. */
    List<MountSpec> resolve(List<MountSpec> mounts) {
        List<MountSpec> resolved = new ArrayList<>();
        for (MountSpec each : mounts) {
            ImageName name = each.image();
            resolved.add(name == null ? each : each.withImage(name.found(find(each, name))));
        }
        return resolved;
    }

    private String find(MountSpec mount, ImageName name) {
        return admitted(mount, name)
                .map(Image::id)
                .orElseThrow(() ->
                        new CarafeException.NotFound(
                                "%smount on %s: no image %s on this node; pull it first"
                                        .formatted(
                                                MountRules.IMAGE_FAILED,
                                                mount.containerPath(),
                                                name.image())));
    }

    private Optional<Image> admitted(MountSpec mount, ImageName name) {
        try {
            return images.findForUse(name.image(), name.userSpecified());
        } catch (CarafeException.Denied e) {
            throw new CarafeException.Denied(
                    "%smount on %s: %s"
                            .formatted(
                                    MountRules.IMAGE_FAILED, mount.containerPath(), e.getMessage()),
                    e);
        }
    }

    /**
     * Keeps the images of the mounts for a container, until {@link #release}.
     *
     * @param mounts as {@link #resolve} gave them
     */
    List<Volume> keep(String containerId, List<MountSpec> mounts) {
        List<Volume> volumes = new ArrayList<>();
        for (int i = 0; i < mounts.size(); i++) {
            ImageName name = mounts.get(i).image();
            if (name == null) {
                continue;
            }
            Snapshot kept = images.prepare(name.ref(), containerId + VOLUME + i);
            List<Path> lower = new ArrayList<>(List.of(kept.upper()));
            lower.addAll(kept.lowerTopFirst());
            volumes.add(new Volume(OciMount.imageSource(i), lower, mounts.get(i).imageSubPath()));
        }
        return volumes;
    }

    /** Gives back what a container keeps; nothing is success. */
    void release(String containerId) {
        String prefix = containerId + VOLUME;
        images.prepared().stream().filter(each -> each.startsWith(prefix)).forEach(images::release);
    }

    /** The container that something is kept for: its root file system or a volume of it. */
    public static String containerOf(String owner) {
        int end = owner.indexOf(VOLUME);
        return end < 0 ? owner : owner.substring(0, end);
    }
}
