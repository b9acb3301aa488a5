package carafe.streaming.websocket;

import carafe.streaming.forward.ForwardClient;
import carafe.streaming.forward.Forwards;
import carafe.streaming.forward.Ports;
import carafe.streaming.session.Connections;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Port forwarding over WebSocket channels: two for each port that was asked for with the URL, data
 * and error, and one connection into the pod for each. Both channels begin with the port's number,
 * low byte first. When every connection has ended, so does this one. Lives on the event loop.
 */
public final class ForwardChannels extends SimpleChannelInboundHandler<WebSocketFrame>
        implements ForwardClient {
    /**
     * Most ports of one connection: a channel's number is a byte, or one digit and what follows.
     */
    public static final int MAX_PORTS = 32;

    private final CommandChannels protocol;
    private final List<Integer> wanted;
    private final Ports ports;
    private final BitSet ended = new BitSet();
    private @Nullable Forwards forwards;

    /**
     * @param protocol one of {@link #choose}
     * @param wanted 1 to {@link #MAX_PORTS} ports, in the order of their channels
     */
    public ForwardChannels(CommandChannels protocol, List<Integer> wanted, Ports ports) {
        this.protocol = protocol;
        this.wanted = List.copyOf(wanted);
        this.ports = ports;
    }

    /** The first of the client's wishes that is known here. */
    public static Optional<CommandChannels> choose(List<String> wishes) {
        return wishes.stream()
                .filter(wish -> wish.startsWith("v4."))
                .flatMap(wish -> CommandChannels.choose(List.of(wish)).stream())
                .findFirst();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        Forwards made = new Forwards(context, this, ports);
        forwards = made;
        // The handlers before this one are put into the pipeline in the same call.
        context.executor().execute(() -> begin(context, made));
    }

    private void begin(ChannelHandlerContext context, Forwards made) {
        for (int i = 0; i < wanted.size(); i++) {
            int port = wanted.get(i);
            byte[] number = {(byte) port, (byte) (port >> 8)};
            Connections.send(context, protocol.message(2 * i, number));
            Connections.send(context, protocol.message(2 * i + 1, number));
            made.open(2 * i + 1, 2 * i, port);
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, WebSocketFrame message) {
        ByteBuf bytes = message.content();
        if (!bytes.isReadable() || forwards == null) {
            return;
        }
        int channel = protocol.channel(bytes);
        ByteBuf content = protocol.content(bytes);
        try {
            if (channel < 0 || channel >= 2 * wanted.size()) {
                Connections.close(context);
            } else if (channel % 2 == 0 && content.isReadable()) {
                forwards.data(channel, content);
            }
        } finally {
            content.release();
        }
    }

    @Override
    public void send(ChannelHandlerContext context, int stream, ByteBuf bytes, boolean last) {
        if (ended.get(stream)) {
            bytes.release();
            return;
        }
        byte[] copy = ByteBufUtil.getBytes(bytes);
        bytes.release();
        if (copy.length > 0) {
            Connections.send(context, protocol.message(stream, copy));
        }
        if (last) {
            end(context, stream);
        }
    }

    @Override
    public void end(ChannelHandlerContext context, int stream) {
        ended.set(stream);
        if (ended.cardinality() == 2 * wanted.size()) {
            java.util.concurrent.Future<?> _ =
                    context.writeAndFlush(
                                    new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE))
                            .addListener(_ -> Connections.close(context));
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (forwards != null) {
            forwards.writabilityChanged();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (forwards != null) {
            forwards.closed();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Connections.close(context);
    }
}
