package carafe.shim.stream;

import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.Syscalls;
import carafe.shim.wire.Frames;
import carafe.shim.wire.MessageType;
import carafe.shim.wire.WireException;

/**
 * What the client of an exec or attach sends after its request: read piece by piece, so that the
 * bytes for standard input go from the socket to the pipe without a frame ever being whole in
 * memory.
 */
public final class ClientFrames {
    private static final int HEAD_BYTES = Frames.PREFIX_BYTES + Frames.HEAD_BYTES;
    private static final int MAX_FIELDS = 8;
    private static final int FRAMES_PER_ROUND = 16;

    private final Syscalls sys;
    private final Buffer scratch;
    private final Buffer fields;
    private final int socket;
    private final Listener listener;
    private int got;
    private int wanted = HEAD_BYTES;
    private int type;
    private int streamLeft;

    /** What the frames mean. */
    public interface Listener {
        /** Whether standard input can take more now. */
        boolean takesInput();

        void input(Buffer from, int length);

        void inputEnd();

        void resize(int columns, int rows);

        /** The client wants it to end, is gone, or does not keep to the protocol. */
        void abort();
    }

    /**
     * @param scratch memory for input, only used within a call
     * @param socket non-blocking, stays the caller's
     */
    public ClientFrames(Syscalls sys, Buffer scratch, int socket, Listener listener) {
        this.sys = sys;
        this.scratch = scratch;
        this.socket = socket;
        this.listener = listener;
        this.fields = sys.memory().allocate(HEAD_BYTES + MAX_FIELDS);
    }

    public void free() {
        fields.free();
    }

    /** Reads what is there, but not without end, since others wait. */
    public void read() {
        for (int i = 0; i < FRAMES_PER_ROUND; i++) {
            boolean goOn = streamLeft > 0 ? readStream() : readFields();
            if (!goOn) {
                return;
            }
        }
    }

    private boolean readStream() {
        if (!listener.takesInput()) {
            return false;
        }
        int n = sys.files().read(socket, scratch, 0, Math.min(streamLeft, scratch.size()));
        if (!isData(n)) {
            return false;
        }
        streamLeft -= n;
        listener.input(scratch, n);
        return true;
    }

    private boolean readFields() {
        int n = sys.files().read(socket, fields, got, wanted - got);
        if (!isData(n)) {
            return false;
        }
        got += n;
        if (got < wanted) {
            return true;
        }
        try {
            if (wanted == HEAD_BYTES) {
                head();
            } else {
                body();
            }
            return true;
        } catch (WireException e) {
            listener.abort();
            return false;
        }
    }

    private boolean isData(int n) {
        if (n > 0) {
            return true;
        }
        if (n != -Errno.EAGAIN && n != -Errno.EINTR) {
            listener.abort();
        }
        return false;
    }

    private void head() throws WireException {
        int length = Frames.checkedBodyLength(Integer.reverseBytes(fields.getInt(0)));
        type = fields.get(Frames.PREFIX_BYTES + 1);
        int expected =
                switch (type) {
                    case MessageType.STDIN -> 4;
                    case MessageType.RESIZE -> 8;
                    case MessageType.STDIN_END, MessageType.ABORT -> 0;
                    default -> throw new WireException("type " + type + " within a stream");
                };
        boolean fits =
                type == MessageType.STDIN
                        ? length >= Frames.HEAD_BYTES + expected
                                && length <= Frames.HEAD_BYTES + expected + Frames.MAX_CHUNK_BYTES
                        : length == Frames.HEAD_BYTES + expected;
        if (!fits || fields.get(Frames.PREFIX_BYTES) != Frames.VERSION) {
            throw new WireException("a frame of type " + type + " and " + length + " bytes");
        }
        wanted = HEAD_BYTES + expected;
        if (expected == 0) {
            body();
        }
    }

    private void body() throws WireException {
        int first = wanted > HEAD_BYTES ? Integer.reverseBytes(fields.getInt(HEAD_BYTES)) : 0;
        int bodyLength = Integer.reverseBytes(fields.getInt(0));
        got = 0;
        wanted = HEAD_BYTES;
        switch (type) {
            case MessageType.STDIN -> {
                if (first != bodyLength - Frames.HEAD_BYTES - 4) {
                    throw new WireException("Stdin: " + first + " bytes");
                }
                streamLeft = first;
            }
            case MessageType.RESIZE -> {
                int rows = Integer.reverseBytes(fields.getInt(HEAD_BYTES + 4));
                listener.resize(first, rows);
            }
            case MessageType.STDIN_END -> listener.inputEnd();
            default -> listener.abort();
        }
    }
}
