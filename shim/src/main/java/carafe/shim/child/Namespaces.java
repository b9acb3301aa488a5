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
        if (shim.podPid() > 0 && processes.startTicks(shim.podPid()) != shim.podStartTicks()) {
            throw new RefusedException("the pod's process " + shim.podPid() + " is gone");
        }
    }

    /**
     * Enters and makes all. The cgroups must have been joined, since a cgroup namespace shows from
     * where it was made on downward.
     */
    void take(ContainerSpec container) throws SyscallException, RefusedException {
        for (Opened namespace : opened) {
            progress.at("namespace.enter", namespace.type().name());
            processes.enter(namespace.fd(), namespace.type().flag());
            files.close(namespace.fd());
        }
        progress.at("namespace.create");
        if (!container.ownsNamespace(NamespaceType.MOUNT)) {
            throw new RefusedException("a container needs a mount namespace of its own");
        }
        long flags = 0;
        for (NamespaceSpec namespace : container.namespaces()) {
            if (namespace.type() == NamespaceType.USER) {
                throw new RefusedException("user namespaces are not supported yet");
            }
            if (namespace.path() == null) {
                flags |= namespace.type().flag();
            }
        }
        processes.unshare(flags);
    }
}
