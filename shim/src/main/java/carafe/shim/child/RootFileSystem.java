package carafe.shim.child;

import carafe.shim.spec.ShimSpec.RootfsSpec;
import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.MountCalls;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Utf8;
import java.util.ArrayList;
import java.util.List;

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

    RootFileSystem(FileCalls files, ProcessCalls processes, MountCalls mounts, Progress progress) {
        this.files = files;
        this.processes = processes;
        this.mounts = mounts;
        this.progress = progress;
    }

    /** A directory as the root, as it stands. */
    int mountDirectory(String path) throws SyscallException {
        progress.at("rootfs.bind", path);
        int flags = MountCalls.OPEN_TREE_CLONE | MountCalls.AT_RECURSIVE;
        int tree = mounts.openTree(FileCalls.AT_FDCWD, path, flags);
        mounts.setAttributes(tree, MountCalls.AT_RECURSIVE, 0, 0, MountCalls.MS_PRIVATE);
        return attach(tree);
    }

    /**
     * An overlay of layers as the root.
     *
     * @param bundle descriptor of the working directory, which is the same afterwards
     */
    int mountOverlay(RootfsSpec spec, int bundle) throws SyscallException, RefusedException {
        progress.at("rootfs.layer");
        if (spec.lower().isEmpty()) {
            throw new RefusedException("shim.json names no layer");
        }
        if (spec.upper() == null && spec.lower().size() == 1) {
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
            return overlay(lower, upper, work, bundle);
        } finally {
            processes.changeDirectory(bundle);
        }
    }

    private int layer(String path) throws SyscallException {
        progress.at("rootfs.layer", path);
        return files.open(FileCalls.AT_FDCWD, path, DIRECTORY, 0);
    }

    private int overlay(List<Integer> lower, int upper, int work, int bundle)
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
            // Linux before 6.5 knows no lowerdir+.
            return overlayByMount(lower, upper, work, bundle);
        }
        try {
            add(context, "upperdir", upper);
            add(context, "workdir", work);
            mounts.configure(context, "redirect_dir", "nofollow");
            mounts.configure(context, "metacopy", "off");
            mounts.configure(context, "index", "off");
            mounts.createFileSystem(context);
            int mount = mounts.mountFileSystem(context, 0);
            processes.changeDirectory(bundle);
            return attach(mount);
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

    private int attach(int mount) throws SyscallException {
        progress.at("rootfs.attach");
        int target = files.open(FileCalls.AT_FDCWD, TARGET, DIRECTORY, 0);
        mounts.attach(mount, target);
        files.close(target);
        return mount;
    }
}
