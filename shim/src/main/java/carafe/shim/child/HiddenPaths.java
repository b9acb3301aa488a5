package carafe.shim.child;

import static carafe.shim.sys.MountCalls.ATTR_NODEV;
import static carafe.shim.sys.MountCalls.ATTR_NOEXEC;
import static carafe.shim.sys.MountCalls.ATTR_NOSUID;
import static carafe.shim.sys.MountCalls.ATTR_RDONLY;

import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.MountCalls;
import carafe.shim.sys.SyscallException;
import java.util.List;

/**
 * Masked and read-only paths. Files are covered by the machine's null device, opened before
 * anything of the container existed; directories by one empty read-only tmpfs.
 */
final class HiddenPaths {
    private static final int COPY = MountCalls.OPEN_TREE_CLONE | FileCalls.AT_EMPTY_PATH;

    private final FileCalls files;
    private final MountCalls mounts;
    private final InRoot root;
    private final Progress progress;

    HiddenPaths(FileCalls files, MountCalls mounts, InRoot root, Progress progress) {
        this.files = files;
        this.mounts = mounts;
        this.root = root;
        this.progress = progress;
    }

    /**
     * Takes the null device as a detached mount; to be called while the machine's mounts are there.
     */
    static int takeNullDevice(FileCalls files, MountCalls mounts)
            throws SyscallException, RefusedException {
        int tree = mounts.openTree(FileCalls.AT_FDCWD, "/dev/null", MountCalls.OPEN_TREE_CLONE);
        if (!files.status(tree).isCharacterDevice(1, 3)) {
            files.close(tree);
            throw new RefusedException("/dev/null of this machine is not the null device");
        }
        mounts.setAttributes(tree, 0, 0, 0, MountCalls.MS_PRIVATE);
        return tree;
    }

    /**
     * Makes the paths unreadable. A path that is not there is skipped.
     *
     * @param nullDevice what {@link #takeNullDevice} gave; closed here
     */
    void mask(List<String> paths, int nullDevice) throws SyscallException, RefusedException {
        // Only an attached mount can be copied: the first one made is the source of the others.
        int file = -1;
        int directory = -1;
        for (String path : paths) {
            progress.at("paths.mask", path);
            int target = openExisting(path);
            if (target < 0) {
                continue;
            }
            if (files.status(target).isDirectory()) {
                directory = directory < 0 ? emptyDirectory() : copy(directory);
                mounts.attach(directory, target);
            } else {
                file = file < 0 ? nullDevice : copy(file);
                mounts.attach(file, target);
            }
            files.close(target);
        }
        files.close(file < 0 ? nullDevice : file);
        files.close(directory);
    }

    private int copy(int attached) throws SyscallException {
        int copy = mounts.openTree(attached, "", COPY);
        files.close(attached);
        return copy;
    }

    private int emptyDirectory() throws SyscallException, RefusedException {
        long attributes = ATTR_RDONLY | ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC;
        List<String> options = List.of("mode=555", "nr_inodes=1");
        return new FileSystems(files, mounts).make("tmpfs", "", options, attributes);
    }

    /** Makes the paths and what is mounted below them read-only. */
    void protect(List<String> paths) throws SyscallException {
        for (String path : paths) {
            progress.at("paths.readonly", path);
            int target = openExisting(path);
            if (target < 0) {
                continue;
            }
            int tree = mounts.openTree(target, "", COPY | MountCalls.AT_RECURSIVE);
            mounts.setAttributes(tree, MountCalls.AT_RECURSIVE, ATTR_RDONLY, 0, 0);
            mounts.attach(tree, target);
            files.close(tree);
            files.close(target);
        }
    }

    private int openExisting(String path) throws SyscallException {
        try {
            return root.open(path, FileCalls.O_PATH);
        } catch (SyscallException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR) {
                return -1;
            }
            throw e;
        }
    }
}
