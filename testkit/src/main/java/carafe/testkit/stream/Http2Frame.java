package carafe.testkit.stream;

import java.nio.ByteBuffer;

/** HTTP/2 frames by hand (RFC 9113, section 4.1), for clients that count or break things. */
public final class Http2Frame {
    /** Bytes in front of the payload. */
    public static final int HEAD = 9;

    private Http2Frame() {}

    /**
     * @param payload below 16 MiB
     */
    public static byte[] of(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(HEAD + payload.length)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }
}
