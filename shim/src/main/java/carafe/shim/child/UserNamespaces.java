package carafe.shim.child;

import carafe.shim.spec.IdMaps;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.CredentialCalls;
import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;

/**
 * Makes user namespaces. A namespace's maps can only be written from outside by a process with
 * rights there, so each is made by a short-lived child, mapped by this process, and lives on
 * through its descriptor.
 */
final class UserNamespaces {
    private final Syscalls sys;
    private final HostProc proc;
    private final Progress progress;

    UserNamespaces(Syscalls sys, HostProc proc, Progress progress) {
        this.sys = sys;
        this.proc = proc;
        this.progress = progress;
    }

    /** Descriptor of a new one with these maps. */
    int make(IdMaps maps) throws SyscallException {
        progress.at("userns.fork");
        long born = sys.files().pipe(0);
        long mapped = sys.files().pipe(0);
        int pid = sys.processes().fork();
        if (pid == 0) {
            liveUntilMapped(born, mapped);
        }
        sys.files().close(FileCalls.writeEnd(born));
        sys.files().close(FileCalls.readEnd(mapped));
        boolean isBorn = readOne(FileCalls.readEnd(born)) == 1;
        sys.files().close(FileCalls.readEnd(born));
        int fd = -1;
        int code;
        try {
            if (isBorn) {
                fd = map(pid, maps);
            }
        } finally {
            sys.files().close(FileCalls.writeEnd(mapped));
            code = exitCode(sys, pid);
        }
        if (!isBorn) {
            progress.at("userns.create");
            throw new SyscallException("unshare", "user", code);
        }
        return fd;
    }

    private int map(int pid, IdMaps maps) throws SyscallException {
        progress.at("userns.uid_map", IdMaps.text(maps.uids()));
        proc.write(pid + "/uid_map", IdMaps.text(maps.uids()));
        progress.at("userns.gid_map", IdMaps.text(maps.gids()));
        proc.write(pid + "/gid_map", IdMaps.text(maps.gids()));
        progress.at("userns.open");
        int flags = FileCalls.O_RDONLY | FileCalls.O_CLOEXEC;
        return sys.files().open(FileCalls.AT_FDCWD, "/proc/" + pid + "/ns/user", flags, 0);
    }

    /** The child: its exit code is the error number of unshare. */
    private void liveUntilMapped(long born, long mapped) {
        sys.files().close(FileCalls.readEnd(born));
        sys.files().close(FileCalls.writeEnd(mapped));
        try {
            sys.processes().unshare(ProcessCalls.CLONE_NEWUSER);
            int _ = sys.files().write(FileCalls.writeEnd(born), new byte[] {1}, 0, 1);
            int _ = readOne(FileCalls.readEnd(mapped));
            sys.processes().exit(0);
        } catch (SyscallException e) {
            sys.processes().exit(e.errno());
        }
    }

    private int readOne(int fd) {
        Buffer one = sys.memory().allocate(1);
        int got = sys.files().read(fd, one, 0, 1);
        while (got == -Errno.EINTR) {
            got = sys.files().read(fd, one, 0, 1);
        }
        one.free();
        return got;
    }

    /** Waits for a child; its exit code, or EINTR's number when a signal ended it. */
    static int exitCode(Syscalls sys, int pid) {
        Buffer status = sys.memory().allocate(4);
        int got = sys.processes().wait(pid, status);
        while (got == -Errno.EINTR) {
            got = sys.processes().wait(pid, status);
        }
        int value = status.getInt(0);
        status.free();
        return got == pid && (value & 0x7f) == 0 ? value >>> 8 & 0xff : Errno.EINTR;
    }

    /**
     * Becomes the root of the user namespace just entered. Until then this process has all
     * capabilities there but is still the machine's root, whose files are none of the namespace's.
     */
    static void becomeRoot(CredentialCalls credentials) throws SyscallException {
        credentials.setGroups(new int[0]);
        credentials.setGid(0);
        credentials.setUid(0);
    }
}
