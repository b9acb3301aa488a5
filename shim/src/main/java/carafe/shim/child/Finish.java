package carafe.shim.child;

import carafe.shim.spec.ContainerSpec;
import carafe.shim.sys.MountCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import java.util.List;

/**
 * The part of the container that init itself makes: a procfs shows the PID namespace of the process
 * that mounts it, so it and all that lies on it wait for PID 1. By then the root is the
 * container's, and what is left of the machine is what the container gets anyway.
 *
 * @param container what to make
 * @param readonly whether the root is sealed
 * @param deferred mounts of procfs and below
 * @param root descriptor of the container's root; closed in the end
 * @param nullDevice detached mount of the null device; closed in the end
 * @param onOldRoot whether the machine's root is still there, under the working directory: in a
 *     user namespace a procfs can only be mounted while another one is in sight
 */
record Finish(
        ContainerSpec container,
        boolean readonly,
        List<PlannedMount> deferred,
        int root,
        int nullDevice,
        boolean onOldRoot) {
    /** Descriptors that must survive until {@link #run}. */
    int[] descriptors(int more) {
        int[] kept = new int[deferred.size() + 3];
        for (int i = 0; i < deferred.size(); i++) {
            kept[i] = deferred.get(i).tree();
        }
        kept[kept.length - 3] = root;
        kept[kept.length - 2] = nullDevice;
        kept[kept.length - 1] = more;
        return kept;
    }

    /** Whether a mount has to wait, given those that do. */
    static boolean isDeferred(PlannedMount mount, List<PlannedMount> before) {
        String destination = Mounts.normalize(mount.spec().destination());
        if (mount.tree() < 0 && mount.spec().type().equals("proc")) {
            return true;
        }
        for (PlannedMount other : before) {
            if (destination.startsWith(Mounts.normalize(other.spec().destination()) + "/")) {
                return true;
            }
        }
        return false;
    }

    void run(Syscalls sys, Progress progress) throws SyscallException, RefusedException {
        InRoot inRoot = new InRoot(sys.files(), root);
        Mounts mounts = new Mounts(sys, null, inRoot, progress, "");
        int none = mounts.attachAll(deferred);
        sys.files().close(none);
        if (onOldRoot) {
            progress.at("rootfs.leave");
            leaveOldRoot(sys);
        }
        HiddenPaths hidden = new HiddenPaths(sys.files(), sys.mounts(), inRoot, progress);
        hidden.protect(container.readonlyPaths());
        hidden.mask(container.maskedPaths(), nullDevice);
        seal(sys, progress);
        sys.files().close(root);
    }

    /** Takes the old root away; the working directory is where it is mounted. */
    static void leaveOldRoot(Syscalls sys) throws SyscallException {
        sys.mounts().unmount(".", MountCalls.MNT_DETACH);
        sys.processes().changeDirectory(new byte[] {'/'});
    }

    private void seal(Syscalls sys, Progress progress) throws SyscallException {
        progress.at("rootfs.seal");
        long propagation =
                switch (container.rootfsPropagation()) {
                    case "shared", "rshared" -> MountCalls.MS_SHARED;
                    case "unbindable", "runbindable" -> MountCalls.MS_UNBINDABLE;
                    default -> 0;
                };
        if (readonly || propagation != 0) {
            long set = readonly ? MountCalls.ATTR_RDONLY : 0;
            sys.mounts().setAttributes(root, 0, set, 0, propagation);
        }
    }
}
