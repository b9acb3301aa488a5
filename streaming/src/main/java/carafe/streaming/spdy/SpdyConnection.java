package carafe.streaming.spdy;

import carafe.streaming.forward.ForwardClient;
import carafe.streaming.session.Connections;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdyPingFrame;
import io.netty.handler.codec.spdy.DefaultSpdyRstStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyGoAwayFrame;
import io.netty.handler.codec.spdy.SpdyHeaders;
import io.netty.handler.codec.spdy.SpdyHeadersFrame;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdyStreamStatus;
import io.netty.handler.codec.spdy.SpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.HashMap;
import java.util.Map;

/**
 * The streams of one SPDY connection, as a server sees them: the client opens them with rising odd
 * numbers, each is accepted or refused, and either side may end its half. Anything else ends the
 * connection. There is no flow control by windows, since no client of this kind keeps to it; the
 * connection's own back-pressure does. Lives on the event loop.
 */
public final class SpdyConnection extends ChannelInboundHandlerAdapter implements ForwardClient {
    private static final int MAX_HEADERS = 100;

    private final Listener listener;
    private final int maxStreams;
    private final Map<Integer, Half> streams = new HashMap<>();
    private int lastStream;
    private boolean goneAway;

    /** Which halves of a stream have ended. */
    private static final class Half {
        private boolean client;
        private boolean server;
    }

    /** What happens on the streams, told on the event loop. */
    public interface Listener {
        /** The connection is there. */
        void begin(ChannelHandlerContext context, SpdyConnection connection);

        /**
         * The client opens a stream.
         *
         * @return whether it is accepted
         */
        boolean opened(int stream, SpdyHeaders headers);

        /**
         * Bytes on an accepted stream.
         *
         * @param bytes lent for the call
         */
        void data(int stream, ByteBuf bytes);

        /** The client has sent all it will. */
        void ended(int stream);

        /** The client gives the stream up, both ways. */
        void reset(int stream);

        /** More, or less, can be written than before. */
        void writabilityChanged();

        /** The connection has ended. */
        void closed();
    }

    /**
     * @param maxStreams most streams at a time; further ones are refused
     */
    public SpdyConnection(Listener listener, int maxStreams) {
        this.listener = listener;
        this.maxStreams = maxStreams;
    }

    @Override
    public void send(ChannelHandlerContext context, int stream, ByteBuf bytes, boolean last) {
        Half half = streams.get(stream);
        if (half == null || half.server) {
            bytes.release();
            return;
        }
        Connections.send(context, frame(stream, bytes, last));
        if (last) {
            half.server = true;
            forgetIfOver(stream, half);
        }
    }

    /** A frame for a stream whose connection ends soon, so that nobody keeps count. */
    static SpdyDataFrame frame(int stream, ByteBuf bytes, boolean last) {
        SpdyDataFrame frame = new DefaultSpdyDataFrame(stream, bytes);
        frame.setLast(last);
        return frame;
    }

    @Override
    public void end(ChannelHandlerContext context, int stream) {
        send(context, stream, Unpooled.EMPTY_BUFFER, true);
    }

    /** Gives a stream up, both ways. */
    void cancel(ChannelHandlerContext context, int stream) {
        if (streams.remove(stream) != null) {
            reset(context, stream, SpdyStreamStatus.CANCEL);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        listener.begin(context, this);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            switch (message) {
                case SpdyDataFrame data -> data(context, data);
                case SpdySynStreamFrame open -> opened(context, open);
                case SpdySynReplyFrame _ -> Connections.close(context);
                case SpdyHeadersFrame headers -> headers(context, headers);
                case SpdyRstStreamFrame reset -> reset(reset.streamId());
                case SpdyPingFrame ping -> answer(context, ping);
                case SpdyGoAwayFrame _ -> goneAway = true;
                default -> {
                    // SETTINGS and WINDOW_UPDATE say nothing that we need.
                }
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void opened(ChannelHandlerContext context, SpdySynStreamFrame open) {
        int stream = open.streamId();
        boolean legal =
                !goneAway
                        && !open.isInvalid()
                        && !open.isTruncated()
                        && open.headers().size() <= MAX_HEADERS
                        && stream > lastStream
                        && stream % 2 == 1;
        if (!legal) {
            Connections.close(context);
            return;
        }
        lastStream = stream;
        if (streams.size() >= maxStreams || !accept(context, stream, open)) {
            streams.remove(stream);
            reset(context, stream, SpdyStreamStatus.REFUSED_STREAM);
        } else if (open.isLast()) {
            ended(stream);
        }
    }

    private boolean accept(ChannelHandlerContext context, int stream, SpdySynStreamFrame open) {
        streams.put(stream, new Half());
        // The reply goes out first: accepting may send something already.
        SpdySynReplyFrame reply = new DefaultSpdySynReplyFrame(stream);
        // A block without any header is written as no block, which clients cannot read.
        reply.headers().set(":status", "200");
        if (!listener.opened(stream, open.headers())) {
            return false;
        }
        Connections.send(context, reply);
        return true;
    }

    private void headers(ChannelHandlerContext context, SpdyHeadersFrame headers) {
        if (headers.isInvalid() || headers.isTruncated()) {
            Connections.close(context);
        } else if (headers.isLast()) {
            ended(headers.streamId());
        }
    }

    private void data(ChannelHandlerContext context, SpdyDataFrame data) {
        int stream = data.streamId();
        Half half = streams.get(stream);
        if (half == null) {
            // It may have been in flight when the stream ended here.
            if (stream > lastStream) {
                Connections.close(context);
            }
            return;
        }
        if (half.client) {
            Connections.close(context);
            return;
        }
        if (data.content().isReadable()) {
            listener.data(stream, data.content());
        }
        if (data.isLast()) {
            ended(stream);
        }
    }

    private void ended(int stream) {
        Half half = streams.get(stream);
        if (half != null && !half.client) {
            half.client = true;
            listener.ended(stream);
            forgetIfOver(stream, half);
        }
    }

    private void reset(int stream) {
        if (streams.remove(stream) != null) {
            listener.reset(stream);
        }
    }

    private void forgetIfOver(int stream, Half half) {
        if (half.client && half.server) {
            streams.remove(stream);
        }
    }

    private static void answer(ChannelHandlerContext context, SpdyPingFrame ping) {
        // Even numbers are answers to pings of ours, of which there are none.
        if (ping.id() % 2 != 0) {
            Connections.send(context, new DefaultSpdyPingFrame(ping.id()));
        }
    }

    private static void reset(ChannelHandlerContext context, int stream, SpdyStreamStatus why) {
        Connections.send(context, new DefaultSpdyRstStreamFrame(stream, why));
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        listener.writabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        listener.closed();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Connections.close(context);
    }
}
