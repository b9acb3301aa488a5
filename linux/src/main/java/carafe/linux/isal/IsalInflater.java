package carafe.linux.isal;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import java.util.zip.DataFormatException;

/**
 * Decodes one raw deflate stream after the other, in the manner of {@link java.util.zip.Inflater}:
 * what is not decoded yet is kept, and input behind the stream's end is told by {@link
 * #getRemaining}. Not thread-safe; owns native memory until closed.
 */
public final class IsalInflater implements AutoCloseable {
    /** Generously above {@code sizeof(struct inflate_state)}, 87,368. */
    private static final long STATE_BYTES = 128 * 1024;

    private static final int NEXT_OUT = 0;
    private static final int AVAIL_OUT = 8;
    private static final int NEXT_IN = 16;
    private static final int AVAIL_IN = 32;
    private static final int READ_IN_BITS = 36;
    private static final int BLOCK_STATE = 21_160;
    private static final int BLOCK_FINISH = 5;

    private static final int BUFFER_BYTES = 128 * 1024;

    private final Function init;
    private final Function inflate;
    private final Memory state = new Memory(STATE_BYTES);
    private final Memory in = new Memory(BUFFER_BYTES);
    private final Memory out = new Memory(BUFFER_BYTES);
    private int position;
    private int available;
    private boolean finished;

    IsalInflater(Function init, Function inflate) {
        this.init = init;
        this.inflate = inflate;
        reset();
    }

    /** Forgets everything; the next input begins a new stream. */
    public void reset() {
        state.clear();
        init.invokeVoid(new Object[] {state});
        position = 0;
        available = 0;
        finished = false;
    }

    /**
     * The next piece of the stream, when {@link #needsInput}.
     *
     * @param length at most 131,072
     */
    public void setInput(byte[] bytes, int offset, int length) {
        if (length > BUFFER_BYTES) {
            throw new IllegalArgumentException("more than %d bytes".formatted(BUFFER_BYTES));
        }
        in.write(0, bytes, offset, length);
        position = 0;
        available = length;
    }

    /**
     * Decodes.
     *
     * @return how many bytes, 0 when input is needed or the stream has ended
     * @throws DataFormatException when the stream is damaged
     */
    public int inflate(byte[] into, int offset, int length) throws DataFormatException {
        if (finished || length == 0) {
            return 0;
        }
        int room = Math.min(length, BUFFER_BYTES);
        state.setPointer(NEXT_OUT, out);
        state.setInt(AVAIL_OUT, room);
        state.setPointer(NEXT_IN, in.share(position));
        state.setInt(AVAIL_IN, available);
        int code = inflate.invokeInt(new Object[] {state});
        if (code < 0) {
            throw new DataFormatException("damaged data (libisal says %d)".formatted(code));
        }
        int produced = room - state.getInt(AVAIL_OUT);
        int left = state.getInt(AVAIL_IN);
        position += available - left;
        available = left;
        finished = state.getInt(BLOCK_STATE) == BLOCK_FINISH;
        out.read(0, into, offset, produced);
        return produced;
    }

    /** Whether the stream has ended, and all of it was given. */
    public boolean finished() {
        return finished;
    }

    /** Whether everything that was put in was used. */
    public boolean needsInput() {
        return available == 0;
    }

    /**
     * Bytes that were put in and not used. At the end of a stream these may reach up to 8 bytes
     * into the input before the last: it reads ahead.
     */
    public int getRemaining() {
        return finished ? available + state.getInt(READ_IN_BITS) / 8 : available;
    }

    @Override
    public void close() {
        state.close();
        in.close();
        out.close();
    }
}
