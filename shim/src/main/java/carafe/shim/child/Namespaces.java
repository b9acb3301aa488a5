package carafe.shim.child;

import carafe.shim.spec.ContainerSpec;
import carafe.shim.spec.ContainerSpec.NamespaceSpec;
import carafe.shim.spec.NamespaceType;
import carafe.shim.spec.ShimSpec;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import java.util.ArrayList;
import java.util.List;

/** Enters the pod's namespaces and makes the container's own. */
final class Namespaces {
    private record Opened(NamespaceType type, int fd) {}

    private final FileCalls files;
    private final ProcessCalls processes;
    private final Progress progress;
    private final List<Opened> opened = new ArrayList<>();

    Namespaces(FileCalls files, ProcessCalls processes, Progress progress) {
        this.files = files;
        this.processes = processes;
        this.progress = progress;
    }

    /** Opens those with a path, and makes sure that they are the pod's and not a successor's. */
    void open(ContainerSpec container, ShimSpec shim) throws SyscallException, RefusedException {
        for (NamespaceSpec namespace : container.namespaces()) {
            if (namespace.path() != null) {
                progress.at("namespace.open", namespace.path());
                int flags = FileCalls.O_RDONLY | FileCalls.O_CLOEXEC;
                int fd = files.open(FileCalls.AT_FDCWD, namespace.path(), flags, 0);
                opened.add(new Opened(namespace.type(), fd));
            }
        }
        progress.at("namespace.owner");
        // After the opening: while this pid still is the same process, the files above are its.
        refuseIfGone("the pod's process ", shim.podPid(), shim.podStartTicks());
        refuseIfGone("the target process ", shim.targetPid(), shim.targetStartTicks());
        boolean mapped = shim.idMaps() != null;
        if (mapped != (user() >= 0)) {
            throw new RefusedException(
                    "a user namespace to enter and its id mappings must be given together");
        }
    }

    private void refuseIfGone(String what, int pid, long startTicks) throws RefusedException {
        if (pid > 0 && processes.startTicks(pid) != startTicks) {
            throw new RefusedException(what + pid + " is gone");
        }
    }

    /** Descriptor of the user namespace that will be entered, -1 = the machine's stays. */
    int user() {
        for (Opened namespace : opened) {
            if (namespace.type() == NamespaceType.USER) {
                return namespace.fd();
            }
        }
        return -1;
    }

    /**
     * Enters and makes all, the user namespace first: rights in the pod's other namespaces, and the
     * ownership of those made here, come from it. The cgroups must have been joined, since a cgroup
     * namespace shows from where it was made on downward.
     */
    void take(ContainerSpec container) throws SyscallException, RefusedException {
        for (Opened namespace : opened) {
            if (namespace.type() == NamespaceType.USER) {
                enter(namespace);
            }
        }
        for (Opened namespace : opened) {
            if (namespace.type() != NamespaceType.USER) {
                enter(namespace);
            }
        }
        progress.at("namespace.create");
        if (!container.ownsNamespace(NamespaceType.MOUNT)) {
            throw new RefusedException("a container needs a mount namespace of its own");
        }
        long flags = 0;
        for (NamespaceSpec namespace : container.namespaces()) {
            if (namespace.path() == null) {
                if (namespace.type() == NamespaceType.USER) {
                    throw new RefusedException("a user namespace is the pod's and needs a path");
                }
                flags |= namespace.type().flag();
            }
        }
        processes.unshare(flags);
    }

    private void enter(Opened namespace) throws SyscallException {
        progress.at("namespace.enter", namespace.type().name());
        processes.enter(namespace.fd(), namespace.type().flag());
        files.close(namespace.fd());
    }
}
