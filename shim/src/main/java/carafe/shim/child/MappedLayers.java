package carafe.shim.child;

import carafe.shim.spec.IdMaps;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.FileStatus;
import carafe.shim.sys.MountCalls;
import carafe.shim.sys.SyscallException;
import java.util.ArrayList;
import java.util.List;

/**
 * Opens layers with their ids mapped. The directory they have in common is copied and mapped once
 * and the layers are opened through it: mount operations go by the container, not by the layer, and
 * each takes a lock of the whole machine.
 */
final class MappedLayers {
    private static final int DIRECTORY =
            FileCalls.O_PATH | FileCalls.O_DIRECTORY | FileCalls.O_CLOEXEC;

    private final FileCalls files;
    private final MountCalls mounts;
    private final Progress progress;

    MappedLayers(FileCalls files, MountCalls mounts, Progress progress) {
        this.files = files;
        this.mounts = mounts;
        this.progress = progress;
    }

    /** Descriptors of the layers, in order. */
    List<Integer> open(List<String> paths, IdMaps maps, IdMappings mappings)
            throws SyscallException, RefusedException {
        String parent = commonParent(paths);
        progress.at("rootfs.idmap", parent);
        int all = copy(parent.isEmpty() ? "/" : parent, maps, mappings);
        List<Integer> layers = new ArrayList<>();
        for (String path : paths) {
            progress.at("rootfs.layer", path);
            int direct = files.open(FileCalls.AT_FDCWD, path, DIRECTORY, 0);
            int mapped = openWithin(all, path.substring(parent.length() + 1), direct);
            files.close(direct);
            layers.add(mapped >= 0 ? mapped : copy(path, maps, mappings));
        }
        // The copy stays open: with its descriptor it would fall apart, and overlayfs takes from no
        // such mount.
        return layers;
    }

    private int copy(String path, IdMaps maps, IdMappings mappings)
            throws SyscallException, RefusedException {
        int tree = mounts.openTree(FileCalls.AT_FDCWD, path, MountCalls.OPEN_TREE_CLONE);
        mounts.setAttributes(tree, 0, 0, 0, MountCalls.MS_PRIVATE);
        mappings.apply(tree, 0, maps, path);
        return tree;
    }

    /** The same directory through the mapped copy; -1 when a mount or link is in between. */
    private int openWithin(int tree, String relative, int direct) {
        try {
            int fd = files.open(tree, relative, DIRECTORY, 0);
            FileStatus there = files.status(fd);
            FileStatus here = files.status(direct);
            if (there.device() == here.device() && there.inode() == here.inode()) {
                return fd;
            }
            files.close(fd);
        } catch (SyscallException e) {
            // Its own copy says what is wrong, if anything is.
        }
        return -1;
    }

    /** Longest leading directory of all, without a slash at its end; empty = the root. */
    static String commonParent(List<String> paths) {
        String common = parent(paths.get(0));
        for (String path : paths) {
            while (!path.startsWith(common + "/")) {
                common = parent(common);
            }
        }
        return common;
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }
}
