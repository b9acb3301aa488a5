package carafe.shim.sys;

import org.jspecify.annotations.Nullable;

/** {@link MountCalls} on a {@link Kernel}. */
final class KernelMounts implements MountCalls {
    private static final int FSCONFIG_SET_FLAG = 0;
    private static final int FSCONFIG_SET_STRING = 1;
    private static final int FSCONFIG_SET_FD = 5;
    private static final int FSCONFIG_CMD_CREATE = 6;
    private static final int FSOPEN_CLOEXEC = 1;
    private static final int FSMOUNT_CLOEXEC = 1;
    private static final int MOVE_MOUNT_F_EMPTY_PATH = 0x4;
    private static final int MOVE_MOUNT_T_EMPTY_PATH = 0x40;
    private static final int MESSAGE = 512;

    private final Calls calls;

    KernelMounts(Calls calls) {
        this.calls = calls;
    }

    @Override
    public void mount(
            @Nullable String source,
            String target,
            @Nullable String type,
            long flags,
            @Nullable String data)
            throws SyscallException {
        Scratch scratch = calls.begin();
        long from = source == null ? 0 : scratch.string(source, "mount");
        long to = scratch.string(target, "mount");
        long kind = type == null ? 0 : scratch.string(type, "mount");
        long options = data == null ? 0 : scratch.string(data, "mount");
        calls.check("mount", target, calls.call(Call.MOUNT, from, to, kind, flags, options));
    }

    @Override
    public void unmount(String target, int flags) throws SyscallException {
        long name = calls.begin().string(target, "umount");
        calls.check("umount", target, calls.call(Call.UMOUNT2, name, flags));
    }

    @Override
    public void pivotRoot(String newRoot, String putOld) throws SyscallException {
        Scratch scratch = calls.begin();
        long root = scratch.string(newRoot, "pivot_root");
        long old = scratch.string(putOld, "pivot_root");
        calls.check("pivot_root", newRoot, calls.call(Call.PIVOT_ROOT, root, old));
    }

    @Override
    public int openFileSystem(String type) throws SyscallException {
        long name = calls.begin().string(type, "fsopen");
        return (int) calls.check("fsopen", type, calls.call(Call.FSOPEN, name, FSOPEN_CLOEXEC));
    }

    @Override
    public void configure(int fd, String key, String value) throws SyscallException {
        Scratch scratch = calls.begin();
        long name = scratch.string(key, "fsconfig");
        long text = scratch.string(value, "fsconfig");
        long result = calls.call(Call.FSCONFIG, fd, FSCONFIG_SET_STRING, name, text, 0);
        calls.check("fsconfig", key + "=" + value, result);
    }

    @Override
    public void configureFlag(int fd, String key) throws SyscallException {
        long name = calls.begin().string(key, "fsconfig");
        long result = calls.call(Call.FSCONFIG, fd, FSCONFIG_SET_FLAG, name, 0, 0);
        calls.check("fsconfig", key, result);
    }

    @Override
    public void configureFd(int fd, String key, int value) throws SyscallException {
        long name = calls.begin().string(key, "fsconfig");
        long result = calls.call(Call.FSCONFIG, fd, FSCONFIG_SET_FD, name, 0, value);
        calls.check("fsconfig", key, result);
    }

    @Override
    public void createFileSystem(int fd) throws SyscallException {
        calls.check("fsconfig", "", calls.call(Call.FSCONFIG, fd, FSCONFIG_CMD_CREATE, 0, 0, 0));
    }

    @Override
    public int mountFileSystem(int fd, long attributes) throws SyscallException {
        long result = calls.call(Call.FSMOUNT, fd, FSMOUNT_CLOEXEC, attributes);
        return (int) calls.check("fsmount", "", result);
    }

    @Override
    public int openTree(int dirfd, String path, int flags) throws SyscallException {
        long name = calls.begin().string(path, "open_tree");
        long result = calls.call(Call.OPEN_TREE, dirfd, name, flags | FileCalls.O_CLOEXEC);
        return (int) calls.check("open_tree", path, result);
    }

    @Override
    public void attach(int mount, int target) throws SyscallException {
        long empty = calls.begin().space(1);
        long flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
        long result = calls.call(Call.MOVE_MOUNT, mount, empty, target, empty, flags);
        calls.check("move_mount", "", result);
    }

    @Override
    public void setAttributes(int mount, int flags, long set, long clear, long propagation)
            throws SyscallException {
        setAttributes(mount, flags, new long[] {set, clear, propagation, 0});
    }

    @Override
    public void setIdMap(int mount, int flags, int userNamespace) throws SyscallException {
        setAttributes(mount, flags, new long[] {ATTR_IDMAP, 0, 0, userNamespace});
    }

    private void setAttributes(int mount, int flags, long[] values) throws SyscallException {
        Scratch scratch = calls.begin();
        long attributes = scratch.space(32);
        for (int i = 0; i < 4; i++) {
            calls.kernel().putLong(attributes + 8L * i, values[i]);
        }
        long empty = scratch.space(1);
        long at = flags | FileCalls.AT_EMPTY_PATH;
        long result = calls.call(Call.MOUNT_SETATTR, mount, empty, at, attributes, 32);
        calls.check("mount_setattr", "", result);
    }

    @Override
    public String fileSystemMessage(int fd) {
        StringBuilder text = new StringBuilder();
        long space = calls.begin().space(MESSAGE);
        int got = (int) calls.call(Call.READ, fd, space, MESSAGE);
        while (got > 0 && text.length() < MESSAGE) {
            text.append(text.isEmpty() ? "" : "; ").append(calls.text(space, got).strip());
            got = (int) calls.call(Call.READ, fd, space, MESSAGE);
        }
        return text.toString();
    }
}
