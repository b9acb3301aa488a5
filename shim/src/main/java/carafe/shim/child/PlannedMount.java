package carafe.shim.child;

import carafe.shim.spec.ContainerSpec.MountSpec;

/**
 * A mount of config.json with its options sorted and its source taken.
 *
 * @param tree detached copy of the source, -1 when a new file system is to be mounted
 * @param made a new file system made already, as {@code tree} is a copy; else -1
 */
record PlannedMount(MountSpec spec, MountOptions options, int tree, int made) {
    PlannedMount(MountSpec spec, MountOptions options, int tree) {
        this(spec, options, tree, -1);
    }

    /** The same with its file system made. */
    PlannedMount as(int fileSystem) {
        return new PlannedMount(spec, options, tree, fileSystem);
    }
}
