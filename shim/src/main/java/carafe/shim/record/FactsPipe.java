package carafe.shim.record;

import carafe.shim.json.JsonException;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.Memory;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Utf8;
import carafe.shim.wire.Codec;
import carafe.shim.wire.Reply;
import carafe.shim.wire.WireException;
import java.util.Arrays;

/**
 * Brings {@link Facts} from the launcher to control. One byte says what follows: facts, or the
 * frame of a Failed for whoever asked for the container. Both ends are the same program.
 */
public final class FactsPipe {
    private static final byte FACTS = 'F';
    private static final byte ERROR = 'E';
    private static final int TERMINAL = 1;
    private static final int STDIN = 2;
    private static final int STDIN_ONCE = 4;
    private static final int POSTSTART = 8;
    private static final int POSTSTOP = 16;
    private static final int TEXTS_OFFSET = 7;

    /** Less than a pipe holds, so that the writer never waits. */
    private static final int MAX_BYTES = 48 << 10;

    private final FileCalls files;
    private final Memory memory;

    public FactsPipe(FileCalls files, Memory memory) {
        this.files = files;
        this.memory = memory;
    }

    /** Facts, or the frame that tells why there are none. */
    public sealed interface Result {
        record Read(Facts facts) implements Result {}

        @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
        record Refused(byte[] failedFrame) implements Result {}
    }

    /** Reads the bundle and writes what it says, or why it cannot be read, to the pipe. */
    public void send(int fd) {
        byte[] bytes = factsOrError();
        int done = 0;
        while (done < bytes.length) {
            int n = files.write(fd, bytes, done, bytes.length - done);
            if (n < 0 && n != -Errno.EINTR) {
                return;
            }
            done += Math.max(n, 0);
        }
    }

    private byte[] factsOrError() {
        try {
            return encode(new BundleFacts(files).read());
        } catch (SyscallException e) {
            return error(e.subject(), e.errno(), e.getMessage());
        } catch (JsonException e) {
            return error("", 0, String.valueOf(e.getMessage()));
        }
    }

    private static byte[] error(String path, int errno, String text) {
        try {
            byte[] frame = Codec.encode(new Reply.Failed("bundle.read", path, errno, text));
            byte[] bytes = new byte[frame.length + 1];
            bytes[0] = ERROR;
            System.arraycopy(frame, 0, bytes, 1, frame.length);
            return bytes;
        } catch (WireException e) {
            // Texts are cut and errno is positive, so it fits.
            throw new IllegalStateException(e);
        }
    }

    private static byte[] encode(Facts facts) throws JsonException {
        String texts =
                String.join(
                                "\0",
                                facts.logPath(),
                                facts.logBase(),
                                facts.unifiedCgroup(),
                                facts.processList(),
                                facts.memoryCgroup(),
                                facts.program())
                        + "\0";
        byte[] utf8 = Utf8.encode(texts);
        if (utf8.length > MAX_BYTES - TEXTS_OFFSET) {
            throw new JsonException("shim.json: paths of " + utf8.length + " bytes are too long");
        }
        byte[] bytes = new byte[TEXTS_OFFSET + utf8.length];
        bytes[0] = FACTS;
        bytes[1] = (byte) flags(facts);
        bytes[2] = (byte) facts.memoryVersion();
        for (int i = 0; i < 4; i++) {
            bytes[3 + i] = (byte) (facts.longestLine() >> (8 * i));
        }
        System.arraycopy(utf8, 0, bytes, TEXTS_OFFSET, utf8.length);
        return bytes;
    }

    private static int flags(Facts facts) {
        return (facts.terminal() ? TERMINAL : 0)
                | (facts.stdin() ? STDIN : 0)
                | (facts.stdinOnce() ? STDIN_ONCE : 0)
                | (facts.poststart() ? POSTSTART : 0)
                | (facts.poststop() ? POSTSTOP : 0);
    }

    /**
     * Reads to the end of the pipe.
     *
     * @throws SyscallException when the launcher died before it had written all
     */
    public Result receive(int fd) throws SyscallException {
        Buffer buffer = memory.allocate(MAX_BYTES);
        try {
            int size = readAll(fd, buffer);
            if (size > 1 && buffer.get(0) == ERROR) {
                byte[] frame = new byte[size - 1];
                buffer.get(1, frame, 0, frame.length);
                return new Result.Refused(frame);
            }
            if (size <= TEXTS_OFFSET || buffer.get(0) != FACTS) {
                throw new SyscallException("read", "facts of the launcher", Errno.EPIPE);
            }
            return new Result.Read(decode(buffer, size));
        } finally {
            buffer.free();
        }
    }

    private static Facts decode(Buffer buffer, int size) throws SyscallException {
        byte[] texts = new byte[size - TEXTS_OFFSET];
        buffer.get(TEXTS_OFFSET, texts, 0, texts.length);
        String[] fields = new String[6];
        int start = 0;
        for (int i = 0; i < fields.length; i++) {
            int end = start;
            while (end < texts.length && texts[end] != 0) {
                end++;
            }
            if (end == texts.length) {
                throw new SyscallException("read", "facts of the launcher", Errno.EPIPE);
            }
            byte[] field = Arrays.copyOfRange(texts, start, end);
            fields[i] = Utf8.decode(field, 0, field.length);
            start = end + 1;
        }
        int flags = buffer.get(1);
        return new Facts(
                (flags & TERMINAL) != 0,
                (flags & STDIN) != 0,
                (flags & STDIN_ONCE) != 0,
                buffer.getInt(3),
                fields[0],
                fields[1],
                fields[2],
                fields[3],
                fields[4],
                buffer.get(2),
                (flags & POSTSTART) != 0,
                (flags & POSTSTOP) != 0,
                fields[5]);
    }

    private int readAll(int fd, Buffer buffer) throws SyscallException {
        int size = 0;
        while (size < buffer.size()) {
            int n = files.read(fd, buffer, size, buffer.size() - size);
            if (n == 0) {
                break;
            }
            if (n < 0 && n != -Errno.EINTR) {
                throw new SyscallException("read", "facts of the launcher", -n);
            }
            size += Math.max(n, 0);
        }
        return size;
    }
}
