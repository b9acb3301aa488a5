package carafe.image.snapshot;

/**
 * The sums of files whose content was just written, by inode, so that recording a layer does not
 * read it again. Memory is bounded: what does not fit is read. Not thread-safe.
 */
public final class KnownSums {
    /** Files that are remembered; two longs each in a table at most half full. */
    private static final int MOST = 1 << 18;

    private static final int FIRST_SLOTS = 1 << 10;

    private long[] inodes = new long[FIRST_SLOTS];
    private long[] sums = new long[FIRST_SLOTS];
    private int count;

    /**
     * Remembers or replaces a file's sum. An inode that the file system used before for a file that
     * is gone must be given anew.
     *
     * @param inode above 0
     */
    public void put(long inode, long sum) {
        int slot = slot(inode);
        if (inodes[slot] == 0) {
            if (count == MOST) {
                return;
            }
            count++;
            inodes[slot] = inode;
        }
        sums[slot] = sum;
        if (count * 2 > inodes.length) {
            grow();
        }
    }

    /** Whether {@link #of} may be asked. */
    boolean has(long inode) {
        return inodes[slot(inode)] != 0;
    }

    long of(long inode) {
        return sums[slot(inode)];
    }

    private int slot(long inode) {
        int mask = inodes.length - 1;
        int slot = (int) ((inode * 0x9E3779B97F4A7C15L) >>> 40) & mask;
        while (inodes[slot] != 0 && inodes[slot] != inode) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldInodes = inodes;
        long[] oldSums = sums;
        inodes = new long[oldInodes.length * 2];
        sums = new long[oldInodes.length * 2];
        for (int i = 0; i < oldInodes.length; i++) {
            if (oldInodes[i] != 0) {
                int slot = slot(oldInodes[i]);
                inodes[slot] = oldInodes[i];
                sums[slot] = oldSums[i];
            }
        }
    }
}
