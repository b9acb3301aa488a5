package carafe.shim.child;

import carafe.shim.spec.ContainerSpec.MountSpec;
import carafe.shim.spec.ShimSpec.RootfsSpec;
import carafe.shim.spec.ShimSpec.VolumeSpec;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.FileStatus;
import carafe.shim.sys.MountCalls;
import carafe.shim.sys.SyscallException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the trees of image volumes. Each image is stacked for a moment on the root's own mount
 * point, in the container's mount namespace, since only a mount that is attached somewhere can be
 * copied (before Linux 6.15); the sub path is opened within the image's root, whatever links it
 * holds, and what it leads to is copied by descriptor.
 */
final class ImageVolumes {
    private static final String STAGE = "rootfs";
    private static final int COPY = MountCalls.OPEN_TREE_CLONE | FileCalls.AT_EMPTY_PATH;

    private final FileCalls files;
    private final MountCalls mounts;
    private final RootFileSystem stage;
    private final Progress progress;

    /**
     * @param stage mounts onto the bundle's {@code rootfs/}
     */
    ImageVolumes(FileCalls files, MountCalls mounts, RootFileSystem stage, Progress progress) {
        this.files = files;
        this.mounts = mounts;
        this.stage = stage;
        this.progress = progress;
    }

    /** The image that a mount stands for, null = none. */
    static @Nullable VolumeSpec of(MountSpec mount, List<VolumeSpec> volumes) {
        for (VolumeSpec volume : volumes) {
            if (volume.source().equals(mount.source())) {
                return volume;
            }
        }
        return null;
    }

    /**
     * The same mounts, those of images with their trees.
     *
     * @param bundle descriptor of the working directory, which is the same afterwards
     */
    List<PlannedMount> fill(List<PlannedMount> planned, List<VolumeSpec> volumes, int bundle)
            throws SyscallException, RefusedException {
        List<PlannedMount> filled = new ArrayList<>();
        for (PlannedMount mount : planned) {
            VolumeSpec volume = mount.tree() >= 0 ? null : of(mount.spec(), volumes);
            filled.add(
                    volume == null
                            ? mount
                            : new PlannedMount(
                                    mount.spec(), mount.options(), tree(mount, volume, bundle)));
        }
        return filled;
    }

    private int tree(PlannedMount mount, VolumeSpec volume, int bundle)
            throws SyscallException, RefusedException {
        int image = stack(mount, volume, bundle);
        try {
            progress.at("volumes.sub_path", volume.subPath());
            int found = new InRoot(files, image).open(volume.subPath(), FileCalls.O_PATH);
            FileStatus status = files.status(found);
            if (!status.isDirectory() && !status.isRegular()) {
                throw new RefusedException(
                        volume.subPath() + " in the image is neither a directory nor a file");
            }
            int tree = mounts.openTree(found, "", COPY);
            files.close(found);
            return tree;
        } finally {
            files.close(image);
            mounts.unmount(STAGE, MountCalls.MNT_DETACH);
        }
    }

    private int stack(PlannedMount mount, VolumeSpec volume, int bundle)
            throws SyscallException, RefusedException {
        try {
            return stage.mountOverlay(new RootfsSpec(volume.lower(), null, null, true), bundle);
        } catch (SyscallException | RefusedException e) {
            progress.at("volumes.image", mount.spec().destination());
            throw e;
        }
    }
}
