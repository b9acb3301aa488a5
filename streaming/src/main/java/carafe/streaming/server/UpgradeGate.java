package carafe.streaming.server;

import carafe.streaming.session.Connections;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The first handler of a connection: takes one request and makes a stream of it, or answers why not
 * and closes. There is never a second response, and never a redirect. Lives on the event loop.
 */
final class UpgradeGate extends SimpleChannelInboundHandler<HttpObject> {
    private static final String HTTP_IN = "http-in";
    private static final String HTTP_OUT = "http-out";
    private static final int MAX_LINE_BYTES = 4 << 10;
    private static final int MAX_HEADER_BYTES = 16 << 10;
    private static final int REQUEST_SECONDS = 10;

    /** RFC 6455, section 1.3: proves that the server speaks WebSocket. */
    private static final String WEB_SOCKET_MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final StreamHandlers handlers;
    private @Nullable HttpRequest request;
    private @Nullable ScheduledFuture<?> limit;
    private boolean done;

    private UpgradeGate(StreamHandlers handlers) {
        this.handlers = handlers;
    }

    /** Puts it, and the HTTP handlers that it needs, at the end of a pipeline. */
    static void install(ChannelPipeline pipeline, StreamHandlers handlers) {
        HttpDecoderConfig http =
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(MAX_LINE_BYTES)
                        .setMaxHeaderSize(MAX_HEADER_BYTES)
                        .setChunkedSupported(false)
                        .setStrictLineParsing(true);
        pipeline.addLast(HTTP_IN, new HttpRequestDecoder(http))
                .addLast(HTTP_OUT, new HttpResponseEncoder())
                .addLast(new UpgradeGate(handlers));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        limit =
                context.executor()
                        .schedule(
                                () -> Connections.close(context),
                                REQUEST_SECONDS,
                                TimeUnit.SECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (limit != null) {
            limit.cancel(false);
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
        if (done) {
            return;
        }
        if (part instanceof HttpRequest head) {
            if (request != null) {
                refuse(context, Refusal.bad("one request per connection"));
                return;
            }
            request = head;
            if (head.decoderResult().isFailure()) {
                refuse(context, Refusal.bad("this is no HTTP request within the limits"));
                return;
            }
        }
        if (part instanceof LastHttpContent && request != null) {
            answer(context, request);
        }
    }

    private void answer(ChannelHandlerContext context, HttpRequest head) {
        switch (UpgradeRequest.read(head)) {
            case UpgradeRequest.Read.Bad(Refusal why) -> refuse(context, why);
            case UpgradeRequest.Read.Good(UpgradeRequest good) -> {
                switch (handlers.choose(context.channel(), good)) {
                    case StreamHandlers.Choice.Refused(Refusal why) -> refuse(context, why);
                    case StreamHandlers.Choice.Accepted accepted ->
                            upgrade(context, good, accepted);
                }
            }
        }
    }

    private void upgrade(
            ChannelHandlerContext context,
            UpgradeRequest good,
            StreamHandlers.Choice.Accepted accepted) {
        done = true;
        HttpResponse response =
                new DefaultHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
        switch (good.transport()) {
            case SPDY -> {
                response.headers().set(HttpHeaderNames.UPGRADE, "SPDY/3.1");
                if (!accepted.protocol().isEmpty()) {
                    response.headers().set(UpgradeRequest.SPDY_PROTOCOLS, accepted.protocol());
                }
            }
            case WEB_SOCKET -> {
                response.headers().set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
                response.headers()
                        .set(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT, accept(good.webSocketKey()));
                if (!accepted.protocol().isEmpty()) {
                    response.headers()
                            .set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, accepted.protocol());
                }
            }
        }
        Connections.send(context, response);
        ChannelPipeline pipeline = context.pipeline();
        pipeline.remove(HTTP_OUT);
        accepted.install().accept(pipeline);
        pipeline.remove(this);
        // Last: what it has read beyond the request goes to the handlers that are there now.
        pipeline.remove(HTTP_IN);
    }

    private static String accept(String key) {
        try {
            byte[] text = (key + WEB_SOCKET_MAGIC).getBytes(StandardCharsets.ISO_8859_1);
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    private void refuse(ChannelHandlerContext context, Refusal why) {
        done = true;
        context.channel().config().setAutoRead(false);
        FullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        why.status(),
                        ByteBufUtil.writeUtf8(context.alloc(), why.text() + "\n"));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
        response.headers()
                .setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        Future<?> _ = context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Connections.close(context);
    }
}
