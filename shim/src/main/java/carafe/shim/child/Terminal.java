package carafe.shim.child;

import carafe.shim.spec.ProcessSpec;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.FileStatus;
import carafe.shim.sys.MountCalls;
import carafe.shim.sys.SocketCalls;
import carafe.shim.sys.SyscallException;

/**
 * A terminal of the container's own devpts. The slave is opened from its master, never by its name
 * in /dev/pts, which the container could have swapped.
 */
final class Terminal {
    private static final long DEVPTS_SUPER_MAGIC = 0x1cd1;
    private static final int UNIX98_SLAVE_MAJOR = 136;
    private static final int READ_WRITE =
            FileCalls.O_RDWR | FileCalls.O_NOCTTY | FileCalls.O_CLOEXEC;

    private final FileCalls files;
    private final SocketCalls sockets;
    private final InRoot root;
    private final Progress progress;

    Terminal(FileCalls files, SocketCalls sockets, InRoot root, Progress progress) {
        this.files = files;
        this.sockets = sockets;
        this.root = root;
        this.progress = progress;
    }

    /**
     * Opens one, sends its master over the socket and gives its slave.
     *
     * @param socket closed here
     */
    int open(ProcessSpec process, int socket) throws SyscallException, RefusedException {
        progress.at("terminal.open", "/dev/pts/ptmx");
        int master = root.openNoLinks("dev/pts/ptmx", READ_WRITE);
        if (files.fileSystemType(master) != DEVPTS_SUPER_MAGIC) {
            throw new RefusedException("a terminal needs a devpts mounted on /dev/pts");
        }
        sockets.unlockTerminal(master);
        int slave = sockets.openTerminalPeer(master, READ_WRITE);
        FileStatus status = files.status(slave);
        if ((status.mode() & FileStatus.TYPE) != FileStatus.CHARACTER
                || status.rdevMajor() != UNIX98_SLAVE_MAJOR) {
            throw new RefusedException("the terminal's slave is not a terminal");
        }
        if (process.rows() > 0 && process.columns() > 0) {
            sockets.setWindowSize(slave, process.columns(), process.rows());
        }
        files.chown(slave, "", process.user().uid(), -1, FileCalls.AT_EMPTY_PATH);
        progress.at("terminal.send");
        sockets.sendDescriptor(socket, master);
        files.close(master);
        files.close(socket);
        return slave;
    }

    /** Shows the terminal as /dev/console as well. */
    void attachConsole(MountCalls mounts, int slave) throws SyscallException {
        progress.at("terminal.console", "/dev/console");
        int dev = root.openNoLinks("dev", FileCalls.O_PATH | FileCalls.O_DIRECTORY);
        // Fails when the name is taken: whatever that is, it is not ours to mount on.
        files.makeNode(dev, "console", FileStatus.REGULAR | 0600, 0, 0);
        int target = root.openNoLinks("dev/console", FileCalls.O_PATH);
        int flags = MountCalls.OPEN_TREE_CLONE | FileCalls.AT_EMPTY_PATH;
        int tree = mounts.openTree(slave, "", flags);
        mounts.attach(tree, target);
        files.close(tree);
        files.close(target);
        files.close(dev);
    }
}
