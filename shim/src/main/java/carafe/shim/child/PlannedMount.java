package carafe.shim.child;

import carafe.shim.spec.ContainerSpec.MountSpec;

/**
 * A mount of config.json with its options sorted and its source taken.
 *
 * @param tree detached copy of the source, -1 when a new file system is to be mounted
 */
record PlannedMount(MountSpec spec, MountOptions options, int tree) {}
