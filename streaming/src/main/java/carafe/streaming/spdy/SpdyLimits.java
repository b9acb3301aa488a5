package carafe.streaming.spdy;

import carafe.streaming.session.Connections;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Netty's codec, with bounds on what it takes on a peer's word: entries of SETTINGS, compressed
 * bytes of a header block (they can grow a thousandfold), and the number of control frames that
 * carry nothing for a stream. A connection that exceeds one is closed, and nothing of it is read
 * any more.
 */
public final class SpdyLimits extends SpdyFrameCodec {
    private static final int MAX_CHUNK_BYTES = 64 << 10;
    private static final int MAX_HEADER_BYTES = 8 << 10;
    private static final int MAX_COMPRESSED_BYTES = 16 << 10;
    private static final int MAX_SETTINGS = 64;
    private static final int COMPRESSION_LEVEL = 1;
    private static final int WINDOW_BITS = 15;
    private static final int MEMORY_LEVEL = 8;

    private @Nullable ChannelHandlerContext context;
    private int settings;
    private int compressedBytes;
    private boolean refused;

    public SpdyLimits() {
        super(
                SpdyVersion.SPDY_3_1,
                MAX_CHUNK_BYTES,
                MAX_HEADER_BYTES,
                COMPRESSION_LEVEL,
                WINDOW_BITS,
                MEMORY_LEVEL);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        context = ctx;
        super.handlerAdded(ctx);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
            throws Exception {
        if (isOver()) {
            in.skipBytes(in.readableBytes());
        } else {
            super.decode(ctx, in, out);
        }
    }

    @Override
    public void readSettingsFrame(boolean clearPersisted) {
        settings = 0;
        super.readSettingsFrame(clearPersisted);
    }

    @Override
    public void readSetting(int id, int value, boolean persistValue, boolean persisted) {
        settings++;
        if (settings > MAX_SETTINGS) {
            refuse();
        } else {
            super.readSetting(id, value, persistValue, persisted);
        }
    }

    @Override
    public void readSynStreamFrame(
            int streamId,
            int associatedToStreamId,
            byte priority,
            boolean last,
            boolean unidirectional) {
        compressedBytes = 0;
        super.readSynStreamFrame(streamId, associatedToStreamId, priority, last, unidirectional);
    }

    @Override
    public void readSynReplyFrame(int streamId, boolean last) {
        compressedBytes = 0;
        super.readSynReplyFrame(streamId, last);
    }

    @Override
    public void readHeadersFrame(int streamId, boolean last) {
        compressedBytes = 0;
        super.readHeadersFrame(streamId, last);
    }

    @Override
    public void readHeaderBlock(ByteBuf headerBlock) {
        compressedBytes += headerBlock.readableBytes();
        if (isOver() || compressedBytes > MAX_COMPRESSED_BYTES) {
            headerBlock.release();
            refuse();
        } else {
            super.readHeaderBlock(headerBlock);
        }
    }

    @Override
    public void readHeaderBlockEnd() {
        if (!isOver()) {
            super.readHeaderBlockEnd();
        }
    }

    /**
     * Frames that came with the one that ended the connection are not read: there is nobody any
     * more who would give back what their header blocks are unpacked into.
     */
    private boolean isOver() {
        return refused || context == null || !context.channel().isActive();
    }

    private void refuse() {
        refused = true;
        if (context != null) {
            Connections.close(context);
        }
    }
}
