package carafe.streaming.websocket;

import carafe.streaming.api.ContainerStream;
import carafe.streaming.api.Streams;
import carafe.streaming.session.ClientChannel;
import carafe.streaming.session.CommandClient;
import carafe.streaming.session.CommandInput;
import carafe.streaming.session.CommandOrder;
import carafe.streaming.session.CommandSession;
import carafe.streaming.session.Connections;
import carafe.streaming.session.Outcome;
import carafe.streaming.session.TerminalSizes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;

/**
 * Exec or attach over WebSocket, from whole messages. Begins as soon as the connection is there. A
 * message on a channel that the client did not ask for is ignored; one without a channel, or on a
 * channel that no version has, ends the connection.
 */
public final class WebSocketCommand extends SimpleChannelInboundHandler<WebSocketFrame>
        implements CommandClient {
    /** Longest piece of input that is handed on at once. */
    private static final int MAX_INPUT_BYTES = 64 << 10;

    private static final byte[] NOTHING = {};

    private final Channel channel;
    private final CommandChannels protocol;
    private final Streams wanted;
    private final ClientChannel client;
    private final CommandInput input;
    private final TerminalSizes sizes;
    private final CommandSession session;

    public WebSocketCommand(Channel channel, CommandChannels protocol, CommandOrder order) {
        this.channel = channel;
        this.protocol = protocol;
        this.wanted = order.streams();
        this.client = new ClientChannel(channel, order.patience());
        this.input = new CommandInput(open -> channel.config().setAutoRead(open));
        this.sizes = new TerminalSizes(input::resize);
        this.session = new CommandSession(order.name(), order.opening(), this, input);
    }

    /** Tells the client that the streams are there, and begins. */
    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        int lowest = CommandChannels.ERROR;
        if (wanted.stdout()) {
            lowest = CommandChannels.STDOUT;
        } else if (wanted.stderr()) {
            lowest = CommandChannels.STDERR;
        }
        int first = lowest;
        // The handlers before this one are put into the pipeline in the same call.
        channel.eventLoop()
                .execute(() -> {
                    Connections.send(channel, protocol.message(first, NOTHING));
                    session.start();
                });
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, WebSocketFrame message) {
        ByteBuf bytes = message.content();
        if (!bytes.isReadable()) {
            return;
        }
        int number = protocol.channel(bytes);
        if (number == CommandChannels.CLOSE && !protocol.base64()) {
            closeSignal(bytes);
            return;
        }
        ByteBuf content = protocol.content(bytes);
        try {
            switch (number) {
                case CommandChannels.STDIN -> input(content);
                case CommandChannels.RESIZE -> resize(content);
                case CommandChannels.STDOUT, CommandChannels.STDERR, CommandChannels.ERROR -> {}
                default -> Connections.close(context);
            }
        } finally {
            content.release();
        }
    }

    private void closeSignal(ByteBuf bytes) {
        if (bytes.isReadable() && bytes.readUnsignedByte() == CommandChannels.STDIN) {
            input.end();
        }
    }

    private void input(ByteBuf content) {
        while (wanted.stdin() && content.isReadable()) {
            int length = Math.min(content.readableBytes(), MAX_INPUT_BYTES);
            input.bytes(ByteBufUtil.getBytes(content.readSlice(length)));
        }
    }

    private void resize(ByteBuf content) {
        if (wanted.terminal() && !sizes.accept(content)) {
            Connections.close(channel);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        client.changed();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        client.changed();
        session.clientGone();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Connections.close(context);
    }

    @Override
    public void output(ContainerStream.Source source, byte[] bytes) throws InterruptedException {
        switch (source) {
            case STDOUT -> output(wanted.stdout(), CommandChannels.STDOUT, bytes);
            case STDERR -> output(wanted.stderr(), CommandChannels.STDERR, bytes);
        }
    }

    private void output(boolean isWanted, int number, byte[] bytes) throws InterruptedException {
        if (isWanted) {
            client.write(protocol.message(number, bytes));
        }
    }

    @Override
    public void finish(Outcome outcome) throws InterruptedException {
        if (outcome instanceof Outcome.Failure) {
            client.failed();
        }
        byte[] status = protocol.version().status(outcome);
        if (status.length > 0) {
            client.write(protocol.message(CommandChannels.ERROR, status));
        }
        client.writeLast(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE));
    }
}
