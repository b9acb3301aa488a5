package carafe.image.unpack;

import carafe.linux.SyscallException;
import carafe.linux.fs.Fd;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.FileTime;
import java.lang.foreign.Arena;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * What must still be done to a layer when all of its tar has been read, kept in a nameless file so
 * that memory does not grow with the layer: times of directories, directories that were only
 * implied, hard links into lower layers, whiteouts. Written first, then read as often as needed.
 * Owns the file. Not thread-safe.
 */
final class Journal implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final byte[] NOTHING = {};

    private final FileCalls calls;
    private final Fd file;
    private final Arena memory = Arena.ofConfined();
    private final ByteBuffer buffer = memory.allocate(BUFFER_BYTES).asByteBuffer();
    private long implied;
    private long links;
    private long whiteouts;

    /**
     * @param file empty, open for writing and reading; closed with this object
     */
    Journal(FileCalls calls, Fd file) {
        this.calls = calls;
        this.file = file;
    }

    private enum Kind {
        DIRECTORY_TIME('d'),
        IMPLIED('i'),
        LINK('l'),
        WHITEOUT('w');

        private final byte code;

        Kind(char code) {
            this.code = (byte) code;
        }

        static Kind of(byte code) {
            return switch (code) {
                case 'd' -> DIRECTORY_TIME;
                case 'i' -> IMPLIED;
                case 'l' -> LINK;
                case 'w' -> WHITEOUT;
                default -> throw new IllegalStateException("the journal was changed: " + code);
            };
        }
    }

    /** Receives the records of one kind, in the order in which they were written. */
    interface Reader {
        default void directoryTime(byte[] path, FileTime time) throws SyscallException {}

        default void implied(byte[] path) throws SyscallException {}

        default void link(byte[] path, byte[] target) throws SyscallException {}

        default void whiteout(byte[] path) throws SyscallException {}
    }

    void directoryTime(byte[] path, FileTime time) throws SyscallException {
        append(Kind.DIRECTORY_TIME, path, NOTHING, time);
    }

    /** The root is implied by every layer; how it looks is settled without looking at others. */
    void implied(byte[] path) throws SyscallException {
        implied += path.length == 0 ? 0 : 1;
        append(Kind.IMPLIED, path, NOTHING, FileTime.EPOCH);
    }

    void link(byte[] path, byte[] target) throws SyscallException {
        links++;
        append(Kind.LINK, path, target, FileTime.EPOCH);
    }

    void whiteout(byte[] path) throws SyscallException {
        whiteouts++;
        append(Kind.WHITEOUT, path, NOTHING, FileTime.EPOCH);
    }

    /** Whether anything in it needs the lower layers. */
    boolean needsLower() {
        return implied > 0 || links > 0 || whiteouts > 0;
    }

    private void append(Kind kind, byte[] path, byte[] target, FileTime time)
            throws SyscallException {
        if (buffer.remaining() < 32 + path.length + target.length) {
            flush();
        }
        buffer.put(kind.code);
        buffer.putShort((short) path.length).putShort((short) target.length);
        buffer.putLong(time.seconds()).putInt(time.nanos());
        buffer.put(path).put(target);
    }

    private void flush() throws SyscallException {
        calls.write(file.number(), buffer.flip());
        buffer.clear();
    }

    /** Reads everything again; the first call ends the writing. */
    void replay(Reader reader) throws SyscallException {
        if (buffer.position() > 0) {
            flush();
        }
        calls.seek(file.number(), 0);
        buffer.clear();
        while (calls.read(file.number(), buffer) > 0) {
            buffer.flip();
            while (one(reader)) {}
            buffer.compact();
        }
        buffer.clear();
    }

    private boolean one(Reader reader) throws SyscallException {
        buffer.mark();
        try {
            Kind kind = Kind.of(buffer.get());
            byte[] path = new byte[buffer.getShort() & 0xffff];
            byte[] target = new byte[buffer.getShort() & 0xffff];
            FileTime time = new FileTime(buffer.getLong(), buffer.getInt());
            buffer.get(path).get(target);
            switch (kind) {
                case DIRECTORY_TIME -> reader.directoryTime(path, time);
                case IMPLIED -> reader.implied(path);
                case LINK -> reader.link(path, target);
                case WHITEOUT -> reader.whiteout(path);
            }
            return true;
        } catch (BufferUnderflowException e) {
            buffer.reset();
            return false;
        }
    }

    @Override
    public void close() {
        memory.close();
        file.close();
    }
}
