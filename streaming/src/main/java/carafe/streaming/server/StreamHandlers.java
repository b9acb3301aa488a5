package carafe.streaming.server;

import carafe.streaming.api.ContainerStream;
import carafe.streaming.api.StreamBackend;
import carafe.streaming.api.StreamOrder;
import carafe.streaming.api.Streams;
import carafe.streaming.session.CommandProtocol;
import carafe.streaming.spdy.SpdyCommand;
import carafe.streaming.spdy.SpdyConnection;
import carafe.streaming.spdy.SpdyLimits;
import carafe.streaming.spdy.SpdyPortForward;
import carafe.streaming.websocket.CommandChannels;
import carafe.streaming.websocket.FrameGuard;
import carafe.streaming.websocket.SpdyTunnel;
import carafe.streaming.websocket.WebSocketCommand;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Which handlers make a stream of a connection. A token is spent only when everything else about
 * the request is right, so that a client may fall back to another transport. Thread-safe.
 */
final class StreamHandlers {
    private static final int MAX_MESSAGE_BYTES = 1 << 20;
    private static final String TUNNELLED = "SPDY/3.1+" + SpdyPortForward.PROTOCOL;
    private static final Set<CommandProtocol> OVER_SPDY =
            EnumSet.range(CommandProtocol.V1, CommandProtocol.V4);

    private final Tokens tokens;
    private final StreamBackend backend;

    StreamHandlers(Tokens tokens, StreamBackend backend) {
        this.tokens = tokens;
        this.backend = backend;
    }

    /** What becomes of a request. */
    sealed interface Choice {
        /**
         * It is answered by the upgrade.
         *
         * @param protocol the negotiated subprotocol, empty = none was asked for
         * @param install puts the stream's handlers into the pipeline
         */
        record Accepted(String protocol, Consumer<ChannelPipeline> install) implements Choice {}

        record Refused(Refusal why) implements Choice {}
    }

    Choice choose(Channel channel, UpgradeRequest request) {
        return switch (request.method()) {
            case "exec", "attach" ->
                    switch (request.transport()) {
                        case SPDY -> spdyCommand(channel, request);
                        case WEB_SOCKET -> webSocketCommand(channel, request);
                    };
            case "portforward" ->
                    switch (request.transport()) {
                        case SPDY -> spdyPortForward(request);
                        case WEB_SOCKET -> tunnelledPortForward(request);
                    };
            default -> new Choice.Refused(Refusal.unknown());
        };
    }

    private Choice spdyPortForward(UpgradeRequest request) {
        List<String> wishes = request.protocols();
        if (!wishes.isEmpty() && !wishes.contains(SpdyPortForward.PROTOCOL)) {
            return new Choice.Refused(unknownProtocol(wishes, SpdyPortForward.PROTOCOL));
        }
        String protocol = wishes.isEmpty() ? "" : SpdyPortForward.PROTOCOL;
        return portForward(request, protocol, _ -> {});
    }

    private Choice tunnelledPortForward(UpgradeRequest request) {
        if (!request.protocols().contains(TUNNELLED)) {
            return new Choice.Refused(unknownProtocol(request.protocols(), TUNNELLED));
        }
        return portForward(
                request,
                TUNNELLED,
                pipeline -> {
                    installWebSocket(pipeline);
                    pipeline.addLast(new SpdyTunnel());
                });
    }

    private Choice portForward(
            UpgradeRequest request, String protocol, Consumer<ChannelPipeline> below) {
        return tokens.take(request.method(), request.token())
                .filter(StreamOrder.PortForward.class::isInstance)
                .map(StreamOrder.PortForward.class::cast)
                .<Choice>map(order ->
                        new Choice.Accepted(
                                protocol,
                                pipeline -> {
                                    below.accept(pipeline);
                                    installPortForward(pipeline, order);
                                }))
                .orElseGet(() -> new Choice.Refused(Refusal.unknown()));
    }

    private void installPortForward(ChannelPipeline pipeline, StreamOrder.PortForward order) {
        SpdyPortForward forward = new SpdyPortForward(port -> backend.connect(order.podId(), port));
        pipeline.addLast(
                new SpdyLimits(), new SpdyConnection(forward, SpdyPortForward.MAX_STREAMS));
    }

    private Choice spdyCommand(Channel channel, UpgradeRequest request) {
        List<String> wishes = request.protocols();
        Optional<CommandProtocol> known =
                wishes.isEmpty()
                        ? Optional.of(CommandProtocol.V1)
                        : wishes.stream()
                                .flatMap(wish ->
                                        OVER_SPDY.stream().filter(each -> each.id().equals(wish)))
                                .findFirst();
        if (known.isEmpty()) {
            return new Choice.Refused(unknownProtocol(wishes, "v4.channel.k8s.io and older"));
        }
        return order(request)
                .<Choice>map(order ->
                        new Choice.Accepted(
                                wishes.isEmpty() ? "" : known.get().id(),
                                pipeline -> installSpdy(pipeline, channel, known.get(), order)))
                .orElseGet(() -> new Choice.Refused(Refusal.unknown()));
    }

    private void installSpdy(
            ChannelPipeline pipeline, Channel channel, CommandProtocol version, Command order) {
        SpdyCommand command =
                new SpdyCommand(channel, version, order.streams(), order.name(), order.opening());
        pipeline.addLast(new SpdyLimits(), new SpdyConnection(command, SpdyCommand.MAX_STREAMS));
    }

    private Choice webSocketCommand(Channel channel, UpgradeRequest request) {
        Optional<CommandChannels> known = CommandChannels.choose(request.protocols());
        if (known.isEmpty()) {
            return new Choice.Refused(
                    unknownProtocol(request.protocols(), "v5.channel.k8s.io and older"));
        }
        return order(request)
                .<Choice>map(order ->
                        new Choice.Accepted(
                                known.get().id(),
                                pipeline -> {
                                    installWebSocket(pipeline);
                                    pipeline.addLast(
                                            new WebSocketFrameAggregator(MAX_MESSAGE_BYTES),
                                            new WebSocketCommand(
                                                    channel,
                                                    known.get(),
                                                    order.streams(),
                                                    order.name(),
                                                    order.opening()));
                                }))
                .orElseGet(() -> new Choice.Refused(Refusal.unknown()));
    }

    private static void installWebSocket(ChannelPipeline pipeline) {
        WebSocketDecoderConfig strict =
                WebSocketDecoderConfig.newBuilder()
                        .maxFramePayloadLength(MAX_MESSAGE_BYTES)
                        .expectMaskedFrames(true)
                        .allowMaskMismatch(false)
                        .allowExtensions(false)
                        .closeOnProtocolViolation(true)
                        .build();
        pipeline.addLast(
                new WebSocket13FrameDecoder(strict),
                new WebSocket13FrameEncoder(false),
                new FrameGuard());
    }

    /** An exec or attach, as far as transports need to know. */
    private record Command(String name, Streams streams, Supplier<ContainerStream> opening) {}

    private Optional<Command> order(UpgradeRequest request) {
        return tokens.take(request.method(), request.token())
                .flatMap(order ->
                        switch (order) {
                            case StreamOrder.Exec exec ->
                                    Optional.of(
                                            new Command(
                                                    "exec-" + exec.containerId(),
                                                    exec.streams(),
                                                    () -> backend.exec(exec)));
                            case StreamOrder.Attach attach ->
                                    Optional.of(
                                            new Command(
                                                    "attach-" + attach.containerId(),
                                                    attach.streams(),
                                                    () -> backend.attach(attach)));
                            case StreamOrder.PortForward _ -> Optional.empty();
                        });
    }

    private static Refusal unknownProtocol(List<String> wishes, String known) {
        return Refusal.protocol(
                "none of the protocols %s is known here; %s are".formatted(wishes, known));
    }
}
