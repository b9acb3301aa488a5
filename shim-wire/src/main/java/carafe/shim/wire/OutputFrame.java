package carafe.shim.wire;

/**
 * The body of an {@link Reply.Output} read where it lies: output that only passes by needs no
 * memory of its own.
 */
public final class OutputFrame {
    /** Offset of the bytes in the body. */
    public static final int BYTES_OFFSET = Frames.OUTPUT_BYTES_OFFSET - Frames.PREFIX_BYTES;

    private static final int STREAM_OFFSET = Frames.HEAD_BYTES;
    private static final int COUNT_OFFSET = STREAM_OFFSET + 1;

    private OutputFrame() {}

    /** Whether the body is one of this kind; at least {@link Frames#HEAD_BYTES} long. */
    public static boolean is(byte[] body) {
        return body[0] == Frames.VERSION && body[1] == MessageType.OUTPUT;
    }

    /**
     * Where it comes from.
     *
     * @param length of the body, which may be in a longer array
     * @throws WireException when it is not whole
     */
    public static Reply.Stream stream(byte[] body, int length) throws WireException {
        if (length <= BYTES_OFFSET || length > BYTES_OFFSET + Frames.MAX_CHUNK_BYTES) {
            throw new WireException("Output: a body of " + length + " bytes");
        }
        int count =
                ((body[COUNT_OFFSET] & 0xff) << 24)
                        | ((body[COUNT_OFFSET + 1] & 0xff) << 16)
                        | ((body[COUNT_OFFSET + 2] & 0xff) << 8)
                        | (body[COUNT_OFFSET + 3] & 0xff);
        if (count != length - BYTES_OFFSET) {
            throw new WireException("Output: " + count + " bytes in a body of " + length);
        }
        return switch (body[STREAM_OFFSET]) {
            case 1 -> Reply.Stream.STDOUT;
            case 2 -> Reply.Stream.STDERR;
            default -> throw new WireException("Output: unknown stream " + body[STREAM_OFFSET]);
        };
    }
}
