package carafe.streaming.websocket;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;

/** The lowest handlers of a WebSocket: bytes to frames and back, within limits. */
public final class WebSocketFrames {
    /** Longest frame, and longest message. */
    public static final int MAX_BYTES = 1 << 20;

    private WebSocketFrames() {}

    /** Adds them at the end of a pipeline. */
    public static void install(ChannelPipeline pipeline) {
        WebSocketDecoderConfig strict =
                WebSocketDecoderConfig.newBuilder()
                        .maxFramePayloadLength(MAX_BYTES)
                        .expectMaskedFrames(true)
                        .allowMaskMismatch(false)
                        .allowExtensions(false)
                        // FrameGuard does it: the decoder's own farewell would miss the encoder.
                        .closeOnProtocolViolation(false)
                        .build();
        pipeline.addLast(
                new WebSocket13FrameDecoder(strict),
                new WebSocket13FrameEncoder(false),
                new FrameGuard());
    }
}
