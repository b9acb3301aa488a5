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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Mounts the root of the container onto {@code rootfs/} of the bundle and gives a descriptor of it.
 * Layers are named through descriptors and never by their paths: an option of fsconfig holds 255
 * bytes and all options of mount(2) a page, and the container would see the machine's paths in its
 * mountinfo.
 */
final class RootFileSystem {
    private static final int DIRECTORY =
            FileCalls.O_PATH | FileCalls.O_DIRECTORY | FileCalls.O_CLOEXEC;
    private static final String TARGET = "rootfs";

    private final FileCalls files;
    private final ProcessCalls processes;
    private final MountCalls mounts;
    private final Progress progress;
    private final String label;

    /**
     * @param label SELinux context of all files, empty = each has its own
     */
    RootFileSystem(Syscalls sys, Progress progress, String label) {
        this.files = sys.files();
        this.processes = sys.processes();
        this.mounts = sys.mounts();
        this.progress = progress;
        this.label = label;
    }

    /** A directory as the root, as it stands. */
    int mountDirectory(String path) throws SyscallException {
        return attach(copy(path));
    }

    /** Detached; private, so that nothing done to it can come back to the machine. */
    private int copy(String path) throws SyscallException {
        progress.at("rootfs.bind", path);
        int flags = MountCalls.OPEN_TREE_CLONE | MountCalls.AT_RECURSIVE;
        int tree = mounts.openTree(FileCalls.AT_FDCWD, path, flags);
        mounts.setAttributes(tree, MountCalls.AT_RECURSIVE, 0, 0, MountCalls.MS_PRIVATE);
        return tree;
    }

    /**
     * An overlay of layers as the root.
     *
     * @param bundle descriptor of the working directory, which is the same afterwards
     */
    int mountOverlay(RootfsSpec spec, int bundle) throws SyscallException, RefusedException {
        if (isDirectory(spec)) {
            return mountDirectory(spec.lower().get(0));
        }
        List<Integer> lower = new ArrayList<>();
        for (String path : spec.lower()) {
            lower.add(layer(path));
        }
        int upper = spec.upper() == null ? -1 : layer(spec.upper());
        int work = spec.work() == null ? -1 : layer(spec.work());
        progress.at("rootfs.overlay");
        try {
            int made = overlay(lower, upper, work);
            processes.changeDirectory(bundle);
            // Linux before 6.5 knows no lowerdir+.
            return made < 0 ? overlayByMount(lower, upper, work, bundle) : attach(made);
        } finally {
            processes.changeDirectory(bundle);
        }
    }

    /**
     * The root with the ids of a user namespace, detached: to be called in the machine's user
     * namespace, since an overlay mounted in another one ignores the marks of deleted files. The
     * layers' ids are mapped; the upper directory holds ids as the machine sees them, so its top is
     * given to the namespace's root.
     *
     * @param directory the root when there are no layers
     * @param bundle as for {@link #mountOverlay}
     */
    int makeMapped(
            @Nullable RootfsSpec spec,
            String directory,
            int bundle,
            IdMaps maps,
            IdMappings mappings)
            throws SyscallException, RefusedException {
        if (spec == null || isDirectory(spec)) {
            String path = spec == null ? directory : spec.lower().get(0);
            int tree = copy(path);
            mappings.apply(tree, MountCalls.AT_RECURSIVE, maps, path);
            return tree;
        }
        List<Integer> lower =
                new MappedLayers(files, mounts, progress).open(spec.lower(), maps, mappings);
        int upper = spec.upper() == null ? -1 : layer(spec.upper());
        int work = spec.work() == null ? -1 : layer(spec.work());
        if (upper >= 0) {
            FileStatus status = files.status(upper);
            int uid = maps.uid(status.uid());
            files.chown(upper, "", uid, maps.gid(status.gid()), FileCalls.AT_EMPTY_PATH);
        }
        progress.at("rootfs.overlay");
        try {
            int made = overlay(lower, upper, work);
            if (made < 0) {
                throw new RefusedException(
                        "user namespaces need a kernel whose overlayfs takes idmapped layers"
                                + " without attaching them (Linux 6.15 or newer)");
            }
            return made;
        } finally {
            processes.changeDirectory(bundle);
        }
    }

    private static boolean isDirectory(RootfsSpec spec) throws RefusedException {
        if (spec.lower().isEmpty()) {
            throw new RefusedException("shim.json names no layer");
        }
        return spec.upper() == null && spec.lower().size() == 1;
    }

    private int layer(String path) throws SyscallException {
        progress.at("rootfs.layer", path);
        return files.open(FileCalls.AT_FDCWD, path, DIRECTORY, 0);
    }

    /** A detached overlay; -1 when the kernel takes no layers one by one. */
    private int overlay(List<Integer> lower, int upper, int work)
            throws SyscallException, RefusedException {
        int context = mounts.openFileSystem("overlay");
        try {
            mounts.configure(context, "source", "overlay");
            for (int layer : lower) {
                add(context, "lowerdir+", layer);
            }
        } catch (SyscallException e) {
            files.close(context);
            if (e.errno() != Errno.EINVAL) {
                throw e;
            }
            return -1;
        }
        try {
            add(context, "upperdir", upper);
            add(context, "workdir", work);
            mounts.configure(context, "redirect_dir", "nofollow");
            mounts.configure(context, "metacopy", "off");
            mounts.configure(context, "index", "off");
            if (!label.isEmpty()) {
                mounts.configure(context, "context", label);
            }
            mounts.createFileSystem(context);
            return mounts.mountFileSystem(context, 0);
        } catch (SyscallException e) {
            String message = mounts.fileSystemMessage(context);
            if (message.isEmpty()) {
                throw e;
            }
            throw new RefusedException(e.getMessage() + " (" + message + ")");
        } finally {
            files.close(context);
        }
    }

    /** The name is resolved at once, so the working directory can name each layer in turn. */
    private void add(int context, String key, int layer) throws SyscallException {
        if (layer >= 0) {
            processes.changeDirectory(layer);
            mounts.configure(context, key, ".");
        }
    }

    /** mount(2) with descriptors' numbers as names, within /proc/self/fd. */
    int overlayByMount(List<Integer> lower, int upper, int work, int bundle)
            throws SyscallException {
        int target = files.open(bundle, TARGET, DIRECTORY, 0);
        processes.changeDirectory(Utf8.encode("/proc/self/fd"));
        StringBuilder options = new StringBuilder("redirect_dir=nofollow,metacopy=off,index=off");
        if (upper >= 0) {
            options.append(",upperdir=").append(upper).append(",workdir=").append(work);
        }
        if (!label.isEmpty()) {
            // Quoted, as a level has commas of its own.
            options.append(",context=\"").append(label).append('"');
        }
        char before = '=';
        options.append(",lowerdir");
        for (int layer : lower) {
            options.append(before).append(layer);
            before = ':';
        }
        mounts.mount("overlay", "" + target, "overlay", 0, options.toString());
        processes.changeDirectory(bundle);
        files.close(target);
        // By name, so that it is the mount and not the directory under it.
        return files.open(bundle, TARGET, DIRECTORY, 0);
    }

    /** Takes away what was attached last. */
    void detach() throws SyscallException {
        mounts.unmount(TARGET, MountCalls.MNT_DETACH);
    }

    /** Puts a detached root onto {@code rootfs/}. */
    int attach(int mount) throws SyscallException {
        progress.at("rootfs.attach");
        int target = files.open(FileCalls.AT_FDCWD, TARGET, DIRECTORY, 0);
        mounts.attach(mount, target);
        files.close(target);
        return mount;
    }
}
