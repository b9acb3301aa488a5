package carafe.shim.pod;

import carafe.shim.sys.FileCalls;
import carafe.shim.sys.MountCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.sys.Utf8;
import java.util.List;

/**
 * Writes kernel settings of the pod's namespaces through a procfs mount of its own that nobody else
 * can reach, never crossing into another mount and never through a link.
 */
final class Sysctls {
    private static final int RESOLVE =
            FileCalls.RESOLVE_BENEATH
                    | FileCalls.RESOLVE_NO_XDEV
                    | FileCalls.RESOLVE_NO_SYMLINKS
                    | FileCalls.RESOLVE_NO_MAGICLINKS;

    private final Syscalls sys;

    Sysctls(Syscalls sys) {
        this.sys = sys;
    }

    void set(List<PodSpec.Sysctl> all) throws Step {
        if (all.isEmpty()) {
            return;
        }
        int proc = -1;
        try {
            proc = privateProc();
            for (PodSpec.Sysctl each : all) {
                set(proc, each);
            }
        } catch (SyscallException e) {
            throw new Step("pod.sysctl", e);
        } finally {
            sys.files().close(proc);
        }
    }

    private void set(int proc, PodSpec.Sysctl sysctl) throws Step {
        String path = "sys/" + sysctl.path();
        try {
            int fd = sys.files().openResolved(proc, path, FileCalls.O_WRONLY, RESOLVE);
            byte[] value = Utf8.encode(sysctl.value());
            int count = sys.files().write(fd, value, 0, value.length);
            sys.files().close(fd);
            if (count < 0) {
                throw new SyscallException("write", path, -count);
            }
        } catch (SyscallException e) {
            throw new Step("pod.sysctl", e);
        }
    }

    private int privateProc() throws SyscallException {
        int context = sys.mounts().openFileSystem("proc");
        try {
            sys.mounts().createFileSystem(context);
            long attributes =
                    MountCalls.ATTR_NOSUID | MountCalls.ATTR_NODEV | MountCalls.ATTR_NOEXEC;
            return sys.mounts().mountFileSystem(context, attributes);
        } finally {
            sys.files().close(context);
        }
    }
}
