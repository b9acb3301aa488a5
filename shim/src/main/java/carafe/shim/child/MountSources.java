package carafe.shim.child;

import carafe.shim.spec.ContainerSpec.MountSpec;
import carafe.shim.spec.ShimSpec.VolumeSpec;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.MountCalls;
import carafe.shim.sys.SyscallException;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes the sources of binds while the machine's mounts are still in sight: each is opened once, as
 * a detached copy, and from there on only its descriptor counts. Copies made here keep their place
 * in the machine's peer groups, which is what rslave and rshared need.
 */
final class MountSources {
    private final MountCalls mounts;
    private final IdMappings idMappings;
    private final Progress progress;

    MountSources(MountCalls mounts, IdMappings idMappings, Progress progress) {
        this.mounts = mounts;
        this.idMappings = idMappings;
        this.progress = progress;
    }

    /**
     * Takes them all but those of images, which are made later and in another place.
     *
     * @param volumes the images
     */
    List<PlannedMount> take(List<MountSpec> specs, List<VolumeSpec> volumes)
            throws SyscallException, RefusedException {
        List<PlannedMount> planned = new ArrayList<>();
        for (MountSpec spec : specs) {
            progress.at("mounts.source", spec.source());
            if (!spec.destination().startsWith("/")) {
                throw new RefusedException(
                        "mount destination " + spec.destination() + " is not absolute");
            }
            MountOptions options = MountOptions.parse(spec.options());
            boolean bind = options.isBind() || spec.type().equals("bind");
            if (bind && !options.data().isEmpty()) {
                throw new RefusedException(
                        "option " + options.data().get(0) + " is none of a bind mount");
            }
            boolean here = bind && ImageVolumes.of(spec.source(), volumes) == null;
            planned.add(new PlannedMount(spec, options, here ? copy(spec, options) : -1));
        }
        return planned;
    }

    private int copy(MountSpec spec, MountOptions options)
            throws SyscallException, RefusedException {
        int flags = MountCalls.OPEN_TREE_CLONE;
        // The type "bind" without an option means the whole tree would be guessed; it is not.
        flags |= options.isRecursiveBind() ? MountCalls.AT_RECURSIVE : 0;
        int tree = mounts.openTree(FileCalls.AT_FDCWD, spec.source(), flags);
        if (spec.idMaps() != null) {
            progress.at("mounts.idmap", spec.source());
            int all = options.isRecursiveBind() ? MountCalls.AT_RECURSIVE : 0;
            idMappings.apply(tree, all, spec.idMaps(), spec.source());
        }
        return tree;
    }
}
