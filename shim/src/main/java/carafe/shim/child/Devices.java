package carafe.shim.child;

import carafe.shim.spec.ContainerSpec.DeviceSpec;
import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.FileStatus;
import carafe.shim.sys.SyscallException;
import java.util.List;

/** Device nodes and links of /dev. The umask must be 0. */
final class Devices {
    private static final String[] NAMES = {"null", "zero", "full", "random", "urandom", "tty"};
    private static final int[] MAJORS = {1, 1, 1, 1, 1, 5};
    private static final int[] MINORS = {3, 5, 7, 8, 9, 0};
    private static final String[][] LINKS = {
        {"fd", "/proc/self/fd"},
        {"stdin", "/proc/self/fd/0"},
        {"stdout", "/proc/self/fd/1"},
        {"stderr", "/proc/self/fd/2"},
        {"ptmx", "pts/ptmx"}
    };

    private final FileCalls files;
    private final InRoot root;
    private final Progress progress;

    Devices(FileCalls files, InRoot root, Progress progress) {
        this.files = files;
        this.root = root;
        this.progress = progress;
    }

    /**
     * What every container has, in a fresh file system.
     *
     * @param dev descriptor of its /dev
     */
    void makeDefaults(int dev) throws SyscallException {
        makeNodes(dev);
        for (String[] link : LINKS) {
            progress.at("devices.link", "/dev/" + link[0]);
            try {
                files.makeLink(link[1], dev, link[0]);
            } catch (SyscallException e) {
                ignoreExisting(e);
            }
        }
    }

    /** The nodes among {@link #makeDefaults}. */
    void makeNodes(int dev) throws SyscallException {
        for (int i = 0; i < NAMES.length; i++) {
            progress.at("devices.default", "/dev/" + NAMES[i]);
            int mode = FileStatus.CHARACTER | 0666;
            try {
                files.makeNode(dev, NAMES[i], mode, MAJORS[i], MINORS[i]);
            } catch (SyscallException e) {
                ignoreExisting(e);
            }
        }
    }

    /** Gives what {@link #makeNodes} made to a user. */
    void give(int dev, int uid, int gid) throws SyscallException {
        for (String name : NAMES) {
            files.chown(dev, name, uid, gid, FileCalls.AT_SYMLINK_NOFOLLOW);
        }
    }

    /**
     * Those of linux.devices. One that is there already stays.
     *
     * @throws RefusedException when something else is there in its place
     */
    void make(List<DeviceSpec> devices) throws SyscallException, RefusedException {
        for (DeviceSpec device : devices) {
            progress.at("devices.make", device.path());
            String path = Mounts.normalize(device.path());
            int slash = path.lastIndexOf('/');
            String name = path.substring(slash + 1);
            if (name.isEmpty()) {
                throw new RefusedException("a device needs a name");
            }
            int parent = root.directory(slash == 0 ? "/" : path.substring(0, slash));
            try {
                make(parent, name, device);
            } finally {
                files.close(parent);
            }
        }
    }

    private void make(int parent, String name, DeviceSpec device)
            throws SyscallException, RefusedException {
        int flags = FileCalls.AT_SYMLINK_NOFOLLOW;
        try {
            files.makeNode(
                    parent, name, type(device) | device.mode(), device.major(), device.minor());
            files.chown(parent, name, device.uid(), device.gid(), flags);
        } catch (SyscallException e) {
            ignoreExisting(e);
            FileStatus there = files.status(parent, name, flags);
            boolean same =
                    (there.mode() & FileStatus.TYPE) == type(device)
                            && there.rdevMajor() == device.major()
                            && there.rdevMinor() == device.minor();
            if (!same) {
                throw new RefusedException(device.path() + " is there and is not that device");
            }
        }
    }

    private static int type(DeviceSpec device) {
        return switch (device.type()) {
            case 'b' -> FileStatus.BLOCK;
            case 'p' -> FileStatus.FIFO;
            default -> FileStatus.CHARACTER;
        };
    }

    private static void ignoreExisting(SyscallException e) throws SyscallException {
        if (e.errno() != Errno.EEXIST) {
            throw e;
        }
    }
}
