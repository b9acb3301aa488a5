package carafe.shim.child;

import carafe.shim.sys.FileCalls;
import carafe.shim.sys.FileStatus;
import carafe.shim.sys.SyscallException;

/**
 * /proc, /sys and /dev of an image must be directories, not links to elsewhere: whoever mounts
 * there, or makes devices and links below, would follow them. runc 1.1.5 makes /dev/fd, /dev/stdin
 * and /dev/ptmx on the machine when /dev of an image is a link to a directory of the machine.
 */
final class SystemDirectories {
    private static final String[] NAMES = {"proc", "sys", "dev"};

    private SystemDirectories() {}

    static boolean isOne(String name) {
        for (String each : NAMES) {
            if (each.equals(name)) {
                return true;
            }
        }
        return false;
    }

    /**
     * All three.
     *
     * @param root descriptor of the container's root
     */
    static void require(FileCalls files, int root, Progress progress)
            throws SyscallException, RefusedException {
        for (String name : NAMES) {
            progress.at("mounts.target", "/" + name);
            require(files, root, name);
        }
    }

    /** One of them; a missing one will be made. */
    static void require(FileCalls files, int root, String name) throws RefusedException {
        FileStatus status;
        try {
            status = files.status(root, name, FileCalls.AT_SYMLINK_NOFOLLOW);
        } catch (SyscallException e) {
            return;
        }
        if (!status.isDirectory()) {
            throw new RefusedException("/" + name + " of the image is not a directory");
        }
    }
}
