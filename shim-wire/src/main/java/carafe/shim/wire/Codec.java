package carafe.shim.wire;

/**
 * Messages to bytes and back. Stateless, so thread-safe. Both ways check the ranges the records
 * name, so that neither side can send what the other must refuse. Every released version stays
 * readable; its bytes are in the tests.
 */
public final class Codec {
    private Codec() {}

    /**
     * The whole frame, prefix included.
     *
     * @throws WireException when the message is out of range or longer than a frame may be
     */
    public static byte[] encode(Message message) throws WireException {
        return switch (message) {
            case Request request -> RequestWriter.write(request);
            case Reply reply -> ReplyWriter.write(reply);
        };
    }

    /**
     * The message of one body, which must be consumed wholly.
     *
     * @param length what the frame's prefix says; see {@link Frames#bodyLength}
     * @throws WireException naming the message, the field and what is wrong with it
     */
    public static Message decode(byte[] buffer, int offset, int length) throws WireException {
        if (offset < 0 || length < 0 || length > buffer.length - offset) {
            throw new WireException("frame: not inside its buffer");
        }
        Frames.checkedBodyLength(length);
        FieldReader in = new FieldReader(buffer, offset, length);
        int version = in.u8("version");
        if (version != Frames.VERSION) {
            throw in.unknown("version", version);
        }
        int type = in.u8("type");
        Message message =
                type < MessageType.CREATED
                        ? RequestReader.read(type, in)
                        : ReplyReader.read(type, in);
        in.end();
        return message;
    }

    /**
     * The message of one body that fills its array.
     *
     * @throws WireException as {@link #decode(byte[], int, int)}
     */
    public static Message decode(byte[] body) throws WireException {
        return decode(body, 0, body.length);
    }
}
