package carafe.shim.wire;

/**
 * The frame around a message: u32 length of what follows, u8 version, u8 type, fields. Numbers are
 * big-endian. Stateless, so thread-safe.
 */
public final class Frames {
    /** Bytes of the length prefix. */
    public static final int PREFIX_BYTES = 4;

    /** Bytes of version and type, the shortest body. */
    public static final int HEAD_BYTES = 2;

    /** Version written by this code. */
    public static final int VERSION = 1;

    /** Longest frame, prefix included. */
    public static final int MAX_FRAME_BYTES = 1 << 20;

    /** Longest body: what follows the length prefix. */
    public static final int MAX_BODY_BYTES = MAX_FRAME_BYTES - PREFIX_BYTES;

    /** Most bytes of one {@link Request.Stdin} or {@link Reply.Output}. */
    public static final int MAX_CHUNK_BYTES = 64 << 10;

    /** Most bytes of a text field; longer ones are cut when written. */
    public static final int MAX_TEXT_BYTES = 4 << 10;

    /**
     * Offset of the bytes of an {@link Reply.Output} in its frame: prefix, head, stream number, u32
     * count. A writer that has read the bytes to their place puts only these in front.
     */
    public static final int OUTPUT_BYTES_OFFSET = PREFIX_BYTES + HEAD_BYTES + 1 + 4;

    private Frames() {}

    /**
     * The body's length out of a frame's first four bytes.
     *
     * @throws WireException when no frame can have it
     */
    public static int bodyLength(byte[] prefix, int offset) throws WireException {
        return checkedBodyLength(
                ((prefix[offset] & 0xff) << 24)
                        | ((prefix[offset + 1] & 0xff) << 16)
                        | ((prefix[offset + 2] & 0xff) << 8)
                        | (prefix[offset + 3] & 0xff));
    }

    /**
     * The same for a prefix that was read as a big-endian int.
     *
     * @throws WireException when no frame can have it
     */
    public static int checkedBodyLength(int length) throws WireException {
        if (length < HEAD_BYTES || length > MAX_BODY_BYTES) {
            throw new WireException(
                    "frame: a body of "
                            + (length & 0xffffffffL)
                            + " bytes, must be "
                            + HEAD_BYTES
                            + " to "
                            + MAX_BODY_BYTES);
        }
        return length;
    }
}
