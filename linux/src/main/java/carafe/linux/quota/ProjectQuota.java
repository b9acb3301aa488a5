package carafe.linux.quota;

import carafe.linux.Errno;
import carafe.linux.SyscallException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Project quotas of ext4 and xfs: a directory is given a project's id, what is made in it inherits
 * that, and the file system counts and limits what a project takes. Source: linux/fs.h,
 * linux/quota.h and linux/dqblk_xfs.h of the kernel's interface. Thread-safe.
 */
public final class ProjectQuota {
    private static final long GET_ATTRIBUTES = 0x801c581fL;
    private static final long SET_ATTRIBUTES = 0x401c5820L;
    private static final int ATTRIBUTES_BYTES = 28;
    private static final int AT_FLAGS = 0;
    private static final int AT_PROJECT = 12;
    private static final int INHERIT = 0x200;

    private static final int PROJECT = 2;
    private static final int GET_QUOTA = 0x800007;
    private static final int SET_QUOTA = 0x800008;
    private static final int XFS_SET_LIMIT = 0x5804;
    private static final int XFS_GET_STATE = 0x5805;

    private static final int STATE_BYTES = 128;
    private static final int AT_STATE_FLAGS = 2;
    private static final int COUNTED = 0x10;
    private static final int LIMITED = 0x20;

    private static final int QUOTA_BYTES = 72;
    private static final int QUOTA_BLOCK = 1024;
    private static final int AT_HARD_LIMIT = 0;
    private static final int AT_SOFT_LIMIT = 8;
    private static final int AT_SPACE = 16;
    private static final int AT_INODES = 40;
    private static final int AT_VALID = 64;
    private static final int VALID_BLOCK_LIMITS = 1;

    private static final int XFS_QUOTA_BYTES = 112;
    private static final int XFS_BLOCK = 512;
    private static final byte XFS_VERSION = 1;
    private static final byte XFS_PROJECT = 2;
    private static final int AT_XFS_KIND = 1;
    private static final int AT_XFS_FIELDS = 2;
    private static final int AT_XFS_ID = 4;
    private static final int AT_XFS_HARD_LIMIT = 8;
    private static final int AT_XFS_SOFT_LIMIT = 16;
    private static final short XFS_BOTH_LIMITS = 0x0c;

    private final QuotaCalls calls;

    public ProjectQuota(QuotaCalls calls) {
        this.calls = calls;
    }

    /** What a file system does about projects. */
    public enum State {
        /** Neither counts nor limits. */
        NONE,
        /** Counts what each takes. */
        COUNTED,
        /** And refuses what goes beyond a limit. */
        LIMITED
    }

    /**
     * What a project takes.
     *
     * @param bytes on the disk
     * @param inodes files, directories and the rest
     */
    public record Taken(long bytes, long inodes) {}

    /**
     * What the file system of an open file does.
     *
     * @throws SyscallException when it cannot be asked; not when it has no quotas
     */
    public State state(int fd) throws SyscallException {
        byte[] state = new byte[STATE_BYTES];
        try {
            calls.quotactl(fd, command(XFS_GET_STATE), 0, state);
        } catch (SyscallException e) {
            return switch (e.errno()) {
                case Errno.ENOSYS, Errno.ESRCH, Errno.EOPNOTSUPP, Errno.EINVAL, Errno.ENODEV ->
                        State.NONE;
                default -> throw e;
            };
        }
        int flags = view(state).getShort(AT_STATE_FLAGS);
        if ((flags & COUNTED) == 0) {
            return State.NONE;
        }
        return (flags & LIMITED) == 0 ? State.COUNTED : State.LIMITED;
    }

    /** The project that an open file or directory belongs to; 0 for none. */
    public int project(int fd) throws SyscallException {
        return view(attributes(fd)).getInt(AT_PROJECT);
    }

    /** Gives an open directory to a project, with all that is made in it from now on. */
    public void assign(int fd, int project) throws SyscallException {
        byte[] attributes = attributes(fd);
        ByteBuffer fields = view(attributes);
        fields.putInt(AT_PROJECT, project);
        fields.putInt(AT_FLAGS, fields.getInt(AT_FLAGS) | INHERIT);
        calls.ioctl(fd, SET_ATTRIBUTES, attributes);
    }

    private byte[] attributes(int fd) throws SyscallException {
        byte[] attributes = new byte[ATTRIBUTES_BYTES];
        calls.ioctl(fd, GET_ATTRIBUTES, attributes);
        return attributes;
    }

    /**
     * Limits a project.
     *
     * @param fd of any file on its file system
     * @param bytes at most; rounded up to what the file system counts in; 0 for no limit
     */
    public void limit(int fd, int project, long bytes) throws SyscallException {
        try {
            byte[] quota = new byte[QUOTA_BYTES];
            long blocks = blocks(bytes, QUOTA_BLOCK);
            ByteBuffer limit = view(quota);
            limit.putLong(AT_HARD_LIMIT, blocks).putLong(AT_SOFT_LIMIT, blocks);
            limit.putInt(AT_VALID, VALID_BLOCK_LIMITS);
            calls.quotactl(fd, command(SET_QUOTA), project, quota);
        } catch (SyscallException e) {
            if (!e.is(Errno.ENOSYS) && !e.is(Errno.EINVAL)) {
                throw e;
            }
            limitByXfs(fd, project, bytes);
        }
    }

    /** xfs knows its own command since it has quotas; the common one came later. */
    private void limitByXfs(int fd, int project, long bytes) throws SyscallException {
        byte[] quota = new byte[XFS_QUOTA_BYTES];
        ByteBuffer limit = view(quota);
        long blocks = blocks(bytes, XFS_BLOCK);
        limit.put(0, XFS_VERSION).put(AT_XFS_KIND, XFS_PROJECT);
        limit.putShort(AT_XFS_FIELDS, XFS_BOTH_LIMITS).putInt(AT_XFS_ID, project);
        limit.putLong(AT_XFS_HARD_LIMIT, blocks).putLong(AT_XFS_SOFT_LIMIT, blocks);
        calls.quotactl(fd, command(XFS_SET_LIMIT), project, quota);
    }

    private static long blocks(long bytes, int block) {
        return bytes / block + (bytes % block == 0 ? 0 : 1);
    }

    /**
     * What a project takes; nothing when nobody ever belonged to it.
     *
     * @param fd of any file on its file system
     */
    public Taken taken(int fd, int project) throws SyscallException {
        byte[] quota = new byte[QUOTA_BYTES];
        try {
            calls.quotactl(fd, command(GET_QUOTA), project, quota);
        } catch (SyscallException e) {
            if (e.is(Errno.ENOENT)) {
                return new Taken(0, 0);
            }
            throw e;
        }
        ByteBuffer taken = view(quota);
        return new Taken(taken.getLong(AT_SPACE), taken.getLong(AT_INODES));
    }

    private static int command(int command) {
        return command << 8 | PROJECT;
    }

    private static ByteBuffer view(byte[] structure) {
        return ByteBuffer.wrap(structure).order(ByteOrder.nativeOrder());
    }
}
