package carafe.shim.child;

import static carafe.shim.sys.MountCalls.ATTR_RDONLY;

import carafe.shim.sys.FileCalls;
import carafe.shim.sys.FileStatus;
import carafe.shim.sys.MountCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Attaches the mounts of config.json, in order, each onto a target opened within the root. */
final class Mounts {
    private static final long PROC_SUPER_MAGIC = 0x9fa0;

    private final FileCalls files;
    private final MountCalls mounts;
    private final FileSystems fileSystems;
    private final @Nullable CgroupMount cgroups;
    private final InRoot root;
    private final Progress progress;
    private final String label;

    /**
     * @param cgroups what mounts the type cgroup; null where none can occur
     * @param label SELinux context of new file systems, empty = none
     */
    Mounts(
            Syscalls sys,
            @Nullable CgroupMount cgroups,
            InRoot root,
            Progress progress,
            String label) {
        this.files = sys.files();
        this.mounts = sys.mounts();
        this.fileSystems = new FileSystems(sys.files(), sys.mounts());
        this.cgroups = cgroups;
        this.root = root;
        this.progress = progress;
        this.label = label;
    }

    /**
     * Attaches them all.
     *
     * @return descriptor of a new file system on /dev, whose read-only bit is left to be set by
     *     {@link #seal}; -1 when /dev is none or a bind
     */
    int attachAll(List<PlannedMount> planned) throws SyscallException, RefusedException {
        int dev = -1;
        for (PlannedMount mount : planned) {
            String destination = normalize(mount.spec().destination());
            progress.at("mounts.target", destination);
            refuseForbidden(mount, destination);
            if (mount.tree() >= 0) {
                bind(mount, destination);
            } else if (cgroups != null && mount.spec().type().equals("cgroup")) {
                cgroups.attach(root.directory(destination), mount.options());
            } else {
                int made = fileSystem(mount, destination);
                if (destination.equals("/dev")) {
                    dev = made;
                } else {
                    files.close(made);
                }
            }
        }
        return dev;
    }

    /** Sets what had to wait until everything below was made. */
    void seal(List<PlannedMount> planned, int dev) throws SyscallException {
        for (PlannedMount mount : planned) {
            boolean onDev = normalize(mount.spec().destination()).equals("/dev");
            if (dev >= 0 && onDev && mount.options().isReadonly()) {
                mounts.setAttributes(dev, 0, ATTR_RDONLY, 0, 0);
            }
        }
    }

    private void bind(PlannedMount mount, String destination) throws SyscallException {
        FileStatus source = files.status(mount.tree());
        int target = source.isDirectory() ? root.directory(destination) : root.file(destination);
        progress.at("mounts.attributes", destination);
        MountOptions options = mount.options();
        // One call for all below, one for the mount alone: what is set on it alone comes last.
        int all = MountCalls.AT_RECURSIVE;
        int spread = options.isRecursivePropagation() ? all : 0;
        mounts.setAttributes(mount.tree(), spread, 0, 0, options.propagation());
        apply(mount.tree(), all, options.recursive());
        apply(mount.tree(), 0, options.attributes());
        progress.at("mounts.attach", destination);
        mounts.attach(mount.tree(), target);
        files.close(target);
        files.close(mount.tree());
    }

    private void apply(int tree, int flags, MountOptions.Attributes attributes)
            throws SyscallException {
        if (!attributes.isEmpty()) {
            mounts.setAttributes(tree, flags, attributes.set(), attributes.clear(), 0);
        }
    }

    private int fileSystem(PlannedMount mount, String destination)
            throws SyscallException, RefusedException {
        int target = root.directory(destination);
        String type = mount.spec().type();
        List<String> data = new ArrayList<>(mount.options().data());
        if (type.equals("tmpfs") && !hasMode(data)) {
            // As a directory of the image it would keep its permissions.
            data.add("mode=" + Integer.toOctalString(files.status(target).mode() & 07777));
        }
        FileSystems.label(type, label, data);
        MountOptions options = mount.options();
        long attributes = options.attributes().set() | options.recursive().set();
        boolean isDev = destination.equals("/dev");
        progress.at("mounts.create", destination);
        int made =
                mount.made() >= 0
                        ? mount.made()
                        : fileSystems.make(
                                type,
                                mount.spec().source(),
                                data,
                                isDev ? attributes & ~ATTR_RDONLY : attributes);
        if (options.propagation() != MountCalls.MS_PRIVATE) {
            mounts.setAttributes(made, 0, 0, 0, options.propagation());
        }
        progress.at("mounts.attach", destination);
        mounts.attach(made, target);
        files.close(target);
        return made;
    }

    private static boolean hasMode(List<String> data) {
        for (String option : data) {
            if (option.startsWith("mode=")) {
                return true;
            }
        }
        return false;
    }

    /**
     * The image's {@link SystemDirectories} must be what they seem; and nothing is mounted over
     * files of procfs that the shim or the container's programs trust.
     */
    private void refuseForbidden(PlannedMount mount, String destination)
            throws SyscallException, RefusedException {
        String top = firstComponent(destination);
        if (SystemDirectories.isOne(top)) {
            SystemDirectories.require(files, root.root(), top);
        }
        if (destination.equals("/")) {
            throw new RefusedException("nothing can be mounted on the root");
        }
        if (!top.equals("proc")) {
            return;
        }
        if (destination.equals("/proc")) {
            boolean procfs =
                    mount.tree() < 0
                            ? mount.spec().type().equals("proc")
                            : files.fileSystemType(mount.tree()) == PROC_SUPER_MAGIC;
            if (!procfs) {
                throw new RefusedException("only procfs can be mounted on /proc");
            }
        } else if (!ProcTargets.allows(destination)) {
            throw new RefusedException("nothing can be mounted on " + destination);
        }
    }

    private static String firstComponent(String destination) {
        int slash = destination.indexOf('/', 1);
        return destination.substring(1, slash < 0 ? destination.length() : slash);
    }

    /** Without empty, "." and ".." components. */
    static String normalize(String path) {
        List<String> names = new ArrayList<>();
        int start = 0;
        while (start <= path.length()) {
            int slash = path.indexOf('/', start);
            int end = slash < 0 ? path.length() : slash;
            String name = path.substring(start, end);
            if (name.equals("..") && !names.isEmpty()) {
                names.remove(names.size() - 1);
            } else if (!name.isEmpty() && !name.equals(".") && !name.equals("..")) {
                names.add(name);
            }
            start = end + 1;
        }
        StringBuilder normal = new StringBuilder();
        for (String name : names) {
            normal.append('/').append(name);
        }
        return normal.isEmpty() ? "/" : normal.toString();
    }
}
