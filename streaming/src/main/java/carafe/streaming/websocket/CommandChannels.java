package carafe.streaming.websocket;

import carafe.streaming.session.CommandProtocol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.base64.Base64;
import io.netty.handler.codec.base64.Base64Dialect;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.List;
import java.util.Optional;

/**
 * A subprotocol of remote commands: every message begins with the number of its channel, as a byte
 * or, with base64, as a digit before encoded text.
 *
 * @param id the subprotocol's name, empty when the client named none
 * @param version what is said on the channels
 */
public record CommandChannels(String id, CommandProtocol version, boolean base64) {
    static final int STDIN = 0;
    static final int STDOUT = 1;
    static final int STDERR = 2;
    static final int ERROR = 3;
    static final int RESIZE = 4;

    /** The message of version 5 that ends the channel whose number follows. */
    static final int CLOSE = 255;

    /** What a client gets that does not choose. */
    private static final CommandChannels UNNAMED =
            new CommandChannels("", CommandProtocol.V1, false);

    private static final List<CommandChannels> ALL =
            List.of(
                    new CommandChannels("v5.channel.k8s.io", CommandProtocol.V5, false),
                    new CommandChannels("v4.channel.k8s.io", CommandProtocol.V4, false),
                    new CommandChannels("v4.base64.channel.k8s.io", CommandProtocol.V4, true),
                    new CommandChannels("channel.k8s.io", CommandProtocol.V1, false),
                    new CommandChannels("base64.channel.k8s.io", CommandProtocol.V1, true));

    /**
     * The first one of the client's wishes that is known here.
     *
     * @param wishes in the client's order; none means the oldest one
     */
    public static Optional<CommandChannels> choose(List<String> wishes) {
        if (wishes.isEmpty()) {
            return Optional.of(UNNAMED);
        }
        return wishes.stream()
                .flatMap(wish -> ALL.stream().filter(each -> each.id.equals(wish)))
                .findFirst();
    }

    /** A message to the client. */
    WebSocketFrame message(int channel, byte[] bytes) {
        if (!base64) {
            return new BinaryWebSocketFrame(
                    Unpooled.wrappedBuffer(new byte[] {(byte) channel}, bytes));
        }
        ByteBuf plain = Unpooled.wrappedBuffer(bytes);
        ByteBuf text = Base64.encode(plain, false);
        plain.release();
        ByteBuf digit = Unpooled.wrappedBuffer(new byte[] {(byte) ('0' + channel)});
        return new TextWebSocketFrame(Unpooled.wrappedBuffer(digit, text));
    }

    /** The channel's number in a message of the client, which is consumed; not empty. */
    int channel(ByteBuf message) {
        int first = message.readUnsignedByte();
        return base64 ? first - '0' : first;
    }

    /** What follows the channel's number; the caller's own. */
    ByteBuf content(ByteBuf message) {
        return base64
                ? Base64.decode(message, Base64Dialect.STANDARD)
                : message.readRetainedSlice(message.readableBytes());
    }
}
