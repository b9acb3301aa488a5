package carafe.image.unpack;

import carafe.base.CarafeException;
import carafe.linux.SyscallException;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.FsStat;

/**
 * Keeps the unpacking of one layer from filling the disk to the last block, and counts what the
 * layer takes. Not thread-safe.
 */
final class FreeSpace {
    private static final long BLOCK = 4096;
    private static final long CHECK_BYTES = 32L << 20;
    private static final long CHECK_INODES = 4096;

    private final FileCalls calls;
    private final int fd;
    private final UnpackLimits limits;
    private long bytes;
    private long inodes;
    private long checkAtBytes;
    private long checkAtInodes;

    /**
     * @param fd lent, on the disk that is written to
     */
    FreeSpace(FileCalls calls, int fd, UnpackLimits limits) {
        this.calls = calls;
        this.fd = fd;
        this.limits = limits;
    }

    /**
     * Accounts for one new file, directory or the like before it is made.
     *
     * @param size of its content
     * @throws CarafeException.Exhausted when the layer has too many entries, or the disk too little
     *     room
     */
    void charge(long size) throws SyscallException {
        inodes++;
        if (inodes > limits.layerEntries()) {
            throw new CarafeException.Exhausted(
                    "more than %d entries in one layer".formatted(limits.layerEntries()));
        }
        if (size > limits.layerBytes()) {
            throw new CarafeException.Exhausted(
                    "a file of %d bytes; one layer may have %d"
                            .formatted(size, limits.layerBytes()));
        }
        bytes += (size + BLOCK - 1) / BLOCK * BLOCK;
        if (bytes >= checkAtBytes || inodes >= checkAtInodes) {
            check(size);
            checkAtBytes = bytes + CHECK_BYTES;
            checkAtInodes = inodes + CHECK_INODES;
        }
    }

    private void check(long size) throws SyscallException {
        FsStat disk = calls.statfs(fd);
        if (disk.availableBytes() - size < limits.freeBytesFloor()) {
            throw new CarafeException.Exhausted(
                    "the data disk has %d bytes left, %d are needed and %d must stay free"
                            .formatted(disk.availableBytes(), size, limits.freeBytesFloor()));
        }
        if (disk.totalInodes() > 0 && disk.freeInodes() < limits.freeInodesFloor()) {
            throw new CarafeException.Exhausted(
                    "the data disk has %d inodes left, %d must stay free"
                            .formatted(disk.freeInodes(), limits.freeInodesFloor()));
        }
    }

    /** Estimated disk use so far. */
    long bytes() {
        return bytes;
    }

    /** Entries so far; replaced ones count too. */
    long inodes() {
        return inodes;
    }
}
