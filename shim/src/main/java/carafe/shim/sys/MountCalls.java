package carafe.shim.sys;

import org.jspecify.annotations.Nullable;

/** Calls on mounts. */
public interface MountCalls {
    long MS_RDONLY = 1;
    long MS_NOSUID = 2;
    long MS_NODEV = 4;
    long MS_NOEXEC = 8;
    long MS_REMOUNT = 32;
    long MS_BIND = 4096;
    long MS_MOVE = 8192;
    long MS_REC = 16384;
    long MS_UNBINDABLE = 1L << 17;
    long MS_PRIVATE = 1L << 18;
    long MS_SLAVE = 1L << 19;
    long MS_SHARED = 1L << 20;

    long ATTR_RDONLY = 0x1;
    long ATTR_NOSUID = 0x2;
    long ATTR_NODEV = 0x4;
    long ATTR_NOEXEC = 0x8;
    long ATTR_ATIME = 0x70;
    long ATTR_RELATIME = 0x0;
    long ATTR_NOATIME = 0x10;
    long ATTR_STRICTATIME = 0x20;
    long ATTR_NODIRATIME = 0x80;
    long ATTR_IDMAP = 0x100000;
    long ATTR_NOSYMFOLLOW = 0x200000;

    int AT_RECURSIVE = 0x8000;
    int OPEN_TREE_CLONE = 1;
    int MNT_DETACH = 2;

    /** mount(2); null arguments are passed as null pointers. */
    void mount(
            @Nullable String source,
            String target,
            @Nullable String type,
            long flags,
            @Nullable String data)
            throws SyscallException;

    void unmount(String target, int flags) throws SyscallException;

    void pivotRoot(String newRoot, String putOld) throws SyscallException;

    /** fsopen, close-on-exec. */
    int openFileSystem(String type) throws SyscallException;

    /** fsconfig SET_STRING; the value is at most 255 bytes. */
    void configure(int fd, String key, String value) throws SyscallException;

    /** fsconfig SET_FLAG. */
    void configureFlag(int fd, String key) throws SyscallException;

    /** fsconfig SET_FD, for keys that take a descriptor (overlay layers since Linux 6.13). */
    void configureFd(int fd, String key, int value) throws SyscallException;

    /** fsconfig CMD_CREATE. */
    void createFileSystem(int fd) throws SyscallException;

    /** fsmount; a detached mount, close-on-exec. */
    int mountFileSystem(int fd, long attributes) throws SyscallException;

    /**
     * open_tree, close-on-exec.
     *
     * @param flags OPEN_TREE_CLONE, AT_RECURSIVE, AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW
     */
    int openTree(int dirfd, String path, int flags) throws SyscallException;

    /** move_mount of the mount behind a descriptor onto the directory or file of another. */
    void attach(int mount, int target) throws SyscallException;

    /**
     * mount_setattr.
     *
     * @param flags AT_RECURSIVE or 0
     * @param set attributes to set
     * @param clear attributes to clear
     * @param propagation MS_PRIVATE, MS_SLAVE, MS_SHARED, MS_UNBINDABLE, 0 = leave
     */
    void setAttributes(int mount, int flags, long set, long clear, long propagation)
            throws SyscallException;

    /** mount_setattr ATTR_IDMAP with a user namespace. */
    void setIdMap(int mount, int flags, int userNamespace) throws SyscallException;

    /** What the file system context has to say of the last failure, or an empty string. */
    String fileSystemMessage(int fd);
}
