package carafe.shim.child;

import carafe.shim.spec.ShimSpec.RootfsSpec;
import carafe.shim.sys.SyscallException;

/** Images made in this process's own mount namespace, on the root's mount point. */
final class AttachedStage implements ImageVolumes.Stage {
    private final RootFileSystem roots;
    private final int bundle;

    /**
     * @param bundle descriptor of the working directory, opened in this mount namespace
     */
    AttachedStage(RootFileSystem roots, int bundle) {
        this.roots = roots;
        this.bundle = bundle;
    }

    @Override
    public int make(RootfsSpec image) throws SyscallException, RefusedException {
        return roots.mountOverlay(image, bundle);
    }

    @Override
    public void remove() throws SyscallException {
        roots.detach();
    }
}
