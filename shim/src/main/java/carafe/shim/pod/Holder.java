package carafe.shim.pod;

import carafe.shim.sys.FileCalls;
import carafe.shim.sys.MountCalls;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;

/**
 * The process whose only work is to exist. Where the pod shares one PID namespace it is PID 1
 * there, so its {@code /proc/1} must show nothing: an empty read-only root, no descriptors, no
 * capabilities, not dumpable, and no system call but waiting. Ended children that fall to it vanish
 * by themselves, because it ignores SIGCHLD.
 */
final class Holder {
    private final Syscalls sys;

    Holder(Syscalls sys) {
        this.sys = sys;
    }

    /**
     * Returns only by the exception.
     *
     * @param ready gets one byte when all is set
     */
    void hold(int ready) throws SyscallException {
        ProcessCalls processes = sys.processes();
        processes.newSession();
        processes.ignoreSignal(ProcessCalls.SIGCHLD);
        processes.ignoreSignal(ProcessCalls.SIGHUP);
        processes.ignoreSignal(ProcessCalls.SIGTERM);
        enterEmptyRoot();
        dropCapabilities();
        processes.setDumpable(0);
        sys.credentials().setNoNewPrivileges();
        byte[] one = {1};
        if (sys.files().write(ready, one, 0, 1) != 1) {
            return;
        }
        sys.files().closeFrom(0);
        sys.credentials().allowWaitingOnly();
        var nothing = sys.memory().allocate(8);
        while (true) {
            sys.waits().poll(nothing, 0, -1);
        }
    }

    private void enterEmptyRoot() throws SyscallException {
        MountCalls mounts = sys.mounts();
        sys.processes().unshare(ProcessCalls.CLONE_NEWNS);
        // Not even an unmount of ours may travel to the host.
        mounts.mount(null, "/", null, MountCalls.MS_REC | MountCalls.MS_PRIVATE, null);
        int context = mounts.openFileSystem("tmpfs");
        mounts.configure(context, "mode", "0555");
        mounts.configure(context, "size", "4096");
        mounts.createFileSystem(context);
        long attributes =
                MountCalls.ATTR_RDONLY
                        | MountCalls.ATTR_NOSUID
                        | MountCalls.ATTR_NODEV
                        | MountCalls.ATTR_NOEXEC;
        int root = mounts.mountFileSystem(context, attributes);
        sys.files().close(context);
        int here = sys.files().open(FileCalls.AT_FDCWD, ".", FileCalls.O_PATH, 0);
        mounts.attach(root, here);
        sys.files().close(here);
        sys.processes().changeDirectory(root);
        sys.files().close(root);
        mounts.pivotRoot(".", ".");
        mounts.unmount(".", MountCalls.MNT_DETACH);
        sys.processes().changeDirectory(new byte[] {'/'});
    }

    private void dropCapabilities() throws SyscallException {
        int last = sys.credentials().lastCapability();
        for (int capability = 0; capability <= last; capability++) {
            sys.credentials().dropBounding(capability);
        }
        sys.credentials().clearAmbient();
        sys.credentials().setCapabilities(0, 0, 0);
    }
}
