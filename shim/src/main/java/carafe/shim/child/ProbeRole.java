package carafe.shim.child;

import carafe.shim.spec.IdMaps;
import carafe.shim.spec.ShimSpec.RootfsSpec;
import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.FileStatus;
import carafe.shim.sys.MountCalls;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.sys.Utf8;
import java.util.List;

/**
 * Role probe: finds out whether containers can have user namespaces here, by doing what one needs.
 * The working directory, on the file system of the images, holds empty directories {@code low},
 * {@code lower}, {@code upper} and {@code work}. Exit code 0 means yes; else standard output says
 * why not. Nothing it makes outlives it.
 */
public final class ProbeRole {
    private static final int OUTPUT = 1;
    private static final int EXIT_OK = 0;
    private static final int EXIT_FAILED = 1;
    private static final int SOME_ID = 1 << 20;
    private static final IdMaps MAPS =
            new IdMaps(
                    List.of(new IdMaps.Range(0, SOME_ID, 65536)),
                    List.of(new IdMaps.Range(0, SOME_ID, 65536)));

    private final Syscalls sys;
    private final Progress progress = new Progress();

    public ProbeRole(Syscalls sys) {
        this.sys = sys;
    }

    /** Returns the exit code. */
    public int run() {
        try {
            probe();
            return EXIT_OK;
        } catch (SyscallException | RefusedException e) {
            String where = progress.path().isEmpty() ? "" : " " + progress.path();
            byte[] text = Utf8.encode(progress.step() + where + ": " + e.getMessage());
            int _ = sys.files().write(OUTPUT, text, 0, text.length);
            return EXIT_FAILED;
        }
    }

    private void probe() throws SyscallException, RefusedException {
        HostProc proc = HostProc.open(sys.files());
        UserNamespaces namespaces = new UserNamespaces(sys, proc, progress);
        int user = namespaces.make(MAPS);
        IdMappings mappings = new IdMappings(sys.mounts(), namespaces, MAPS, user);
        probeRoot(mappings);
        progress.at("userns.enter");
        sys.processes().enter(user, ProcessCalls.CLONE_NEWUSER);
        sys.processes()
                .unshare(
                        ProcessCalls.CLONE_NEWNS
                                | ProcessCalls.CLONE_NEWNET
                                | ProcessCalls.CLONE_NEWIPC
                                | ProcessCalls.CLONE_NEWPID);
        UserNamespaces.becomeRoot(sys.credentials());
        FileSystems fileSystems = new FileSystems(sys.files(), sys.mounts());
        long attributes = MountCalls.ATTR_NOSUID | MountCalls.ATTR_NODEV | MountCalls.ATTR_NOEXEC;
        progress.at("mounts.create", "/sys");
        sys.files().close(fileSystems.make("sysfs", "", List.of(), attributes));
        progress.at("mounts.create", "/proc");
        probeProc(fileSystems, attributes);
    }

    private void probeRoot(IdMappings mappings) throws SyscallException, RefusedException {
        int flags = FileCalls.O_PATH | FileCalls.O_DIRECTORY | FileCalls.O_CLOEXEC;
        int here = sys.files().open(FileCalls.AT_FDCWD, ".", flags, 0);
        String path = sys.processes().workingDirectory();
        RootfsSpec layers =
                new RootfsSpec(
                        List.of(path + "/lower", path + "/low"),
                        path + "/upper",
                        path + "/work",
                        false);
        int root =
                new RootFileSystem(sys, progress, "").makeMapped(layers, "", here, MAPS, mappings);
        progress.at("rootfs.owner");
        FileStatus status = sys.files().status(root);
        if (status.uid() != SOME_ID || status.gid() != SOME_ID) {
            throw new RefusedException(
                    "the root is not the namespace's but " + status.uid() + "'s");
        }
        sys.files().close(root);
    }

    /** A procfs is mounted by a process of its own PID namespace. */
    private void probeProc(FileSystems fileSystems, long attributes)
            throws SyscallException, RefusedException {
        int pid = sys.processes().fork();
        if (pid == 0) {
            int errno = 0;
            try {
                fileSystems.make("proc", "", List.of(), attributes);
            } catch (SyscallException e) {
                errno = e.errno();
            } catch (RefusedException e) {
                errno = Errno.EINVAL;
            }
            sys.processes().exit(errno);
        }
        int errno = UserNamespaces.exitCode(sys, pid);
        if (errno != 0) {
            throw new SyscallException("mount", "proc", errno);
        }
    }
}
