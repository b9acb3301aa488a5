package carafe.shim.child;

import carafe.shim.spec.ShimSpec.VolumeSpec;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.MountCalls;
import carafe.shim.sys.SyscallException;
import java.util.ArrayList;
import java.util.List;

/**
 * Parts of the container's own root that are mounted on themselves: a mount of its own stays
 * writable when the root's is made read-only. Copied by descriptor, found in the root whatever
 * links lead there, made there when missing.
 */
final class OwnVolumes {
    private static final int COPY = MountCalls.OPEN_TREE_CLONE | FileCalls.AT_EMPTY_PATH;

    private final FileCalls files;
    private final MountCalls mounts;
    private final Progress progress;

    OwnVolumes(FileCalls files, MountCalls mounts, Progress progress) {
        this.files = files;
        this.mounts = mounts;
        this.progress = progress;
    }

    /** The same mounts, those of the root's own parts with their trees. */
    List<PlannedMount> fill(List<PlannedMount> planned, List<VolumeSpec> volumes, InRoot root)
            throws SyscallException {
        List<PlannedMount> filled = new ArrayList<>();
        for (PlannedMount mount : planned) {
            VolumeSpec volume =
                    mount.tree() >= 0 ? null : ImageVolumes.of(mount.spec().source(), volumes);
            filled.add(
                    volume == null || !volume.isOwn()
                            ? mount
                            : new PlannedMount(
                                    mount.spec(),
                                    mount.options(),
                                    tree(mount.spec().destination(), root)));
        }
        return filled;
    }

    /** A detached copy of a directory of the root, made there when missing. */
    int tree(String path, InRoot root) throws SyscallException {
        progress.at("volumes.own", path);
        int directory = root.directory(path);
        try {
            return mounts.openTree(directory, "", COPY);
        } finally {
            files.close(directory);
        }
    }
}
