package carafe.shim.child;

import carafe.shim.spec.IdMaps;
import carafe.shim.spec.NamespaceType;
import carafe.shim.spec.PodSpec;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.MountCalls;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import java.util.List;

/**
 * Makes a pod's namespaces and becomes the process that holds them, or bears it when the PID
 * namespace is shared: then it is PID 1. The holder has an empty root, no descriptors, no
 * capabilities, cannot be traced, and may only wait; children left to it are reaped by the kernel,
 * since it ignores SIGCHLD.
 */
final class PodSetup {
    private final Syscalls sys;
    private final Progress progress;
    private final SetupChild child;
    private final BundleFiles bundle;

    PodSetup(Syscalls sys, Progress progress, SetupChild child, BundleFiles bundle) {
        this.sys = sys;
        this.progress = progress;
        this.child = child;
        this.bundle = bundle;
    }

    int run(PodSpec pod) throws SyscallException, RefusedException {
        child.begin(new ChildIo(-1, -1, -1, -1));
        HostProc proc = HostProc.open(sys.files());
        protect(proc, pod);
        if (pod.idMaps() != null) {
            enterUserNamespace(pod.idMaps(), proc);
        }
        makeNamespaces(pod, proc);
        Buffer memory = OwnMemory.find(proc.read("self/maps"), sys.memory());
        proc.close();
        pivotToNothing();
        if (pod.shares(NamespaceType.PID)) {
            return child.bear(() -> hold(memory));
        }
        boolean _ = child.status().born(sys.processes().pid());
        return hold(memory);
    }

    private void protect(HostProc proc, PodSpec pod) throws SyscallException {
        progress.at("pod.oom_score_adj");
        try {
            proc.write("self/oom_score_adj", String.valueOf(pod.oomScoreAdj()));
        } catch (SyscallException e) {
            if (e.errno() != Errno.EACCES && e.errno() != Errno.EPERM) {
                throw e;
            }
            bundle.note("oom_score_adj " + pod.oomScoreAdj() + " is not allowed; left as it is");
        }
    }

    /** First of all: the pod's other namespaces then belong to it. */
    private void enterUserNamespace(IdMaps maps, HostProc proc) throws SyscallException {
        int user = new UserNamespaces(sys, proc, progress).make(maps);
        progress.at("pod.user_namespace");
        sys.processes().enter(user, ProcessCalls.CLONE_NEWUSER);
        sys.files().close(user);
        UserNamespaces.becomeRoot(sys.credentials());
    }

    private void makeNamespaces(PodSpec pod, HostProc proc)
            throws SyscallException, RefusedException {
        progress.at("pod.namespaces");
        long flags = ProcessCalls.CLONE_NEWNS;
        for (NamespaceType type : pod.namespaces()) {
            flags |= type == NamespaceType.USER ? 0 : type.flag();
        }
        sys.processes().unshare(flags);
        if (pod.shares(NamespaceType.NETWORK)) {
            progress.at("pod.loopback");
            sys.sockets().raiseInterface("lo");
        }
        if (pod.shares(NamespaceType.UTS) && !pod.hostname().isEmpty()) {
            progress.at("pod.hostname");
            sys.processes().setHostname(pod.hostname());
        }
        Sysctls.Owned owned =
                new Sysctls.Owned(
                        pod.shares(NamespaceType.NETWORK),
                        pod.shares(NamespaceType.IPC),
                        pod.shares(NamespaceType.UTS));
        new Sysctls(proc, progress).apply(pod.sysctls(), owned);
    }

    private void pivotToNothing() throws SyscallException, RefusedException {
        progress.at("pod.root");
        MountCalls mounts = sys.mounts();
        mounts.mount(null, "/", null, MountCalls.MS_REC | MountCalls.MS_PRIVATE, null);
        long attributes =
                MountCalls.ATTR_RDONLY
                        | MountCalls.ATTR_NOSUID
                        | MountCalls.ATTR_NODEV
                        | MountCalls.ATTR_NOEXEC;
        int empty =
                new FileSystems(sys.files(), mounts)
                        .make("tmpfs", "", List.of("mode=555", "nr_inodes=1"), attributes);
        int flags = FileCalls.O_PATH | FileCalls.O_DIRECTORY | FileCalls.O_CLOEXEC;
        // Any directory will do as a mount point; this one is there on every machine.
        int target = sys.files().open(FileCalls.AT_FDCWD, "/proc", flags, 0);
        mounts.attach(empty, target);
        sys.processes().changeDirectory(empty);
        mounts.pivotRoot(".", ".");
        mounts.unmount(".", MountCalls.MNT_DETACH);
        sys.processes().changeDirectory(new byte[] {'/'});
    }

    private int hold(Buffer memory) throws SyscallException {
        progress.at("pod.hold");
        sys.processes().newSession();
        sys.processes().ignoreSignal(ProcessCalls.SIGCHLD);
        sys.credentials().limitBounding(0);
        sys.credentials().clearAmbient();
        sys.credentials().setGroups(new int[0]);
        sys.credentials().setCapabilities(0, 0, 0);
        sys.credentials().setNoNewPrivileges();
        sys.processes().setDumpable(0);
        new StandardStreams(sys.files()).closeAllBut(child.statusFd());
        sys.files().closeRange(0, 2);
        sys.credentials().allowOnlyWaiting();
        child.status().ready();
        sys.files().close(child.statusFd());
        sys.processes().waitForever(memory);
        return 0;
    }
}
