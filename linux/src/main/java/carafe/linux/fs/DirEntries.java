package carafe.linux.fs;

import carafe.linux.SyscallException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads one open directory by getdents64(2), a buffer at a time, so that memory does not grow with
 * the directory. Lends the descriptor, does not own it. Not thread-safe.
 */
public final class DirEntries {
    private static final int BUFFER_BYTES = 32 * 1024;
    private static final int NEXT_OFFSET = 8;
    private static final int LENGTH_OFFSET = 16;
    private static final int TYPE_OFFSET = 18;
    private static final int NAME_OFFSET = 19;
    private static final int DT_DIR = 4;
    private static final int DT_UNKNOWN = 0;

    private final FileCalls calls;
    private final int dirFd;
    private final ByteBuffer records;

    /**
     * @param dirFd a directory opened for reading, positioned where reading shall start
     */
    public DirEntries(FileCalls calls, int dirFd) {
        this.calls = calls;
        this.dirFd = dirFd;
        this.records = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.nativeOrder()).limit(0);
    }

    /**
     * A name in a directory.
     *
     * @param mayBeDirectory false when it is certainly something else
     * @param next cookie for {@link FileCalls#seek}: reading goes on behind this entry
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared, only handed on
    public record Entry(byte[] name, boolean mayBeDirectory, long next) {}

    /** The next entry, never "." or ".."; null at the end of the directory. */
    public @Nullable Entry next() throws SyscallException {
        while (true) {
            if (!records.hasRemaining()) {
                int size = calls.getdents(dirFd, records.array());
                if (size == 0) {
                    return null;
                }
                records.limit(size).position(0);
            }
            Entry entry = take();
            if (!isDots(entry.name())) {
                return entry;
            }
        }
    }

    /** Starts over at the first entry. */
    public void restart() throws SyscallException {
        calls.seek(dirFd, 0);
        records.position(0).limit(0);
    }

    private Entry take() {
        int at = records.position();
        int end = at + NAME_OFFSET;
        while (records.get(end) != 0) {
            end++;
        }
        byte[] name = Arrays.copyOfRange(records.array(), at + NAME_OFFSET, end);
        int type = records.get(at + TYPE_OFFSET);
        long next = records.getLong(at + NEXT_OFFSET);
        records.position(at + (records.getShort(at + LENGTH_OFFSET) & 0xffff));
        return new Entry(name, type == DT_DIR || type == DT_UNKNOWN, next);
    }

    /** Names are never empty, so two dots at most means "." or "..". */
    private static boolean isDots(byte[] name) {
        return name.length <= 2 && name[0] == '.' && name[name.length - 1] == '.';
    }
}
