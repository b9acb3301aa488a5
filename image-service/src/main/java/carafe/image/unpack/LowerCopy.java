package carafe.image.unpack;

import carafe.image.snapshot.ContentSum;
import carafe.image.snapshot.KnownSums;
import carafe.image.snapshot.Metadata;
import carafe.linux.SyscallException;
import carafe.linux.fs.Fd;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.FileStat;
import carafe.linux.fs.OpenHow;
import java.nio.ByteBuffer;

/** Copies single files out of lower layers. */
final class LowerCopy {
    private static final int BUFFER_BYTES = 128 * 1024;
    private static final byte[] SELF = {};

    private final FileCalls calls;
    private final FreeSpace space;
    private final KnownSums sums;

    LowerCopy(FileCalls calls, FreeSpace space, KnownSums sums) {
        this.calls = calls;
        this.space = space;
        this.sums = sums;
    }

    /** Brings a lower layer's file up under a free name of this layer. */
    void copy(LowerView.Found found, int parent, byte[] name) throws SyscallException {
        FileStat stat = found.stat();
        space.charge(stat.isRegular() ? stat.size() : 0);
        int from = found.parent().number();
        if (stat.isRegular()) {
            copyFile(from, found.name(), parent, name);
        } else if (stat.isSymlink()) {
            calls.symlinkat(calls.readlinkat(from, found.name()), parent, name);
            calls.fchownat(parent, name, stat.uid(), stat.gid());
            calls.utimensat(parent, name, stat.modified());
        } else {
            copyNode(stat, parent, name);
        }
    }

    private void copyFile(int fromDir, byte[] fromName, int toDir, byte[] toName)
            throws SyscallException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        ContentSum sum = new ContentSum();
        try (Fd from = new Fd(calls, calls.openat2(fromDir, fromName, OpenHow.READ_NO_LINKS));
                Fd to = new Fd(calls, calls.openat2(toDir, toName, OpenHow.CREATE))) {
            while (calls.read(from.number(), buffer) > 0) {
                sum.update(buffer.flip());
                calls.write(to.number(), buffer);
                buffer.clear();
            }
            Metadata.copy(calls, from.number(), to.number());
            sums.put(calls.stat(to.number(), SELF).inode(), sum.value());
        }
    }

    private void copyNode(FileStat stat, int parent, byte[] name) throws SyscallException {
        calls.mknodat(parent, name, stat.type() | 0600, stat.rdev());
        calls.fchownat(parent, name, stat.uid(), stat.gid());
        try (Fd handle = new Fd(calls, calls.openat2(parent, name, OpenHow.HANDLE_NO_LINKS))) {
            calls.chmodHandle(handle.number(), stat.permissions());
        }
        calls.utimensat(parent, name, stat.modified());
    }
}
