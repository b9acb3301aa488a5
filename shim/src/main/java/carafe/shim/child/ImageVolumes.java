package carafe.shim.child;

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
 * Makes the trees of image volumes. Each image is made for a moment on a stage; the sub path is
 * opened within the image's root, whatever links it holds, and what it leads to is copied by
 * descriptor.
 */
final class ImageVolumes {
    private static final int COPY = MountCalls.OPEN_TREE_CLONE | FileCalls.AT_EMPTY_PATH;

    private final FileCalls files;
    private final MountCalls mounts;
    private final Stage stage;
    private final Progress progress;

    /**
     * Where an image is made: in the container's mount namespace on the root's own mount point,
     * since only a mount that is attached somewhere can be copied before Linux 6.15; or detached,
     * with the ids of a user namespace.
     */
    interface Stage {
        /** Descriptor of the image's root. */
        int make(RootfsSpec image) throws SyscallException, RefusedException;

        /** Takes away what was made last, whose descriptor is closed. */
        void remove() throws SyscallException;
    }

    ImageVolumes(FileCalls files, MountCalls mounts, Stage stage, Progress progress) {
        this.files = files;
        this.mounts = mounts;
        this.stage = stage;
        this.progress = progress;
    }

    /** The image that the source of a mount stands for, null = none. */
    static @Nullable VolumeSpec of(String source, List<VolumeSpec> volumes) {
        for (VolumeSpec volume : volumes) {
            if (volume.source().equals(source)) {
                return volume;
            }
        }
        return null;
    }

    /** The same mounts, those of images with their trees. */
    List<PlannedMount> fill(List<PlannedMount> planned, List<VolumeSpec> volumes)
            throws SyscallException, RefusedException {
        List<PlannedMount> filled = new ArrayList<>();
        for (PlannedMount mount : planned) {
            VolumeSpec volume = mount.tree() >= 0 ? null : of(mount.spec().source(), volumes);
            filled.add(
                    volume == null || volume.isOwn()
                            ? mount
                            : new PlannedMount(
                                    mount.spec(),
                                    mount.options(),
                                    tree(mount.spec().destination(), volume)));
        }
        return filled;
    }

    /**
     * A detached copy of what an image volume shows.
     *
     * @param subject what it is for, in errors
     */
    int tree(String subject, VolumeSpec volume) throws SyscallException, RefusedException {
        int image = stack(subject, volume);
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
            stage.remove();
        }
    }

    private int stack(String subject, VolumeSpec volume) throws SyscallException, RefusedException {
        try {
            return stage.make(new RootfsSpec(volume.lower(), null, null, true));
        } catch (SyscallException | RefusedException e) {
            progress.at("volumes.image", subject);
            throw e;
        }
    }
}
