package carafe.streaming.server;

import carafe.streaming.api.StreamBackend;
import carafe.streaming.api.StreamOrder;
import carafe.streaming.forward.Ports;
import carafe.streaming.session.CommandOrder;
import carafe.streaming.session.CommandProtocol;
import carafe.streaming.spdy.SpdyCommand;
import carafe.streaming.spdy.SpdyConnection;
import carafe.streaming.spdy.SpdyLimits;
import carafe.streaming.spdy.SpdyPortForward;
import carafe.streaming.websocket.CommandChannels;
import carafe.streaming.websocket.ForwardChannels;
import carafe.streaming.websocket.SpdyTunnel;
import carafe.streaming.websocket.WebSocketCommand;
import carafe.streaming.websocket.WebSocketFrames;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Which handlers make a stream of a connection. A token is spent only when everything else about
 * the request is right, so that a client may fall back to another transport. Thread-safe.
 */
final class StreamHandlers {
    private static final String TUNNELLED = "SPDY/3.1+" + SpdyPortForward.PROTOCOL;
    private static final Set<CommandProtocol> OVER_SPDY =
            EnumSet.range(CommandProtocol.V1, CommandProtocol.V4);

    private final Tokens tokens;
    private final StreamBackend backend;
    private final Duration attachPatience;

    /**
     * @param attachPatience how long an attached client may take nothing of what comes
     */
    StreamHandlers(Tokens tokens, StreamBackend backend, Duration attachPatience) {
        this.tokens = tokens;
        this.backend = backend;
        this.attachPatience = attachPatience;
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
                        case WEB_SOCKET -> webSocketPortForward(request);
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

    private Choice webSocketPortForward(UpgradeRequest request) {
        if (!request.protocols().contains(TUNNELLED)) {
            return ForwardChannels.choose(request.protocols())
                    .map(known -> portForwardInChannels(request, known))
                    .orElseGet(() ->
                            new Choice.Refused(
                                    unknownProtocol(
                                            request.protocols(),
                                            TUNNELLED + " and v4.channel.k8s.io")));
        }
        return portForward(
                request,
                TUNNELLED,
                pipeline -> {
                    WebSocketFrames.install(pipeline);
                    pipeline.addLast(new SpdyTunnel());
                });
    }

    private Choice portForwardInChannels(UpgradeRequest request, CommandChannels known) {
        return portForwardOrder(request)
                .<Choice>map(order ->
                        order.ports().isEmpty() || order.ports().size() > ForwardChannels.MAX_PORTS
                                ? new Choice.Refused(
                                        Refusal.bad(
                                                "port-forward in channels needs 1 to %d ports in its request"
                                                        .formatted(ForwardChannels.MAX_PORTS)))
                                : new Choice.Accepted(
                                        known.id(),
                                        pipeline -> {
                                            WebSocketFrames.install(pipeline);
                                            pipeline.addLast(
                                                    new WebSocketFrameAggregator(
                                                            WebSocketFrames.MAX_BYTES),
                                                    new ForwardChannels(
                                                            known, order.ports(), ports(order)));
                                        }))
                .orElseGet(() -> new Choice.Refused(Refusal.unknown()));
    }

    private Optional<StreamOrder.PortForward> portForwardOrder(UpgradeRequest request) {
        return tokens.take(request.method(), request.token())
                .filter(StreamOrder.PortForward.class::isInstance)
                .map(StreamOrder.PortForward.class::cast);
    }

    private Ports ports(StreamOrder.PortForward order) {
        return port -> backend.connect(order.podId(), port);
    }

    private Choice portForward(
            UpgradeRequest request, String protocol, Consumer<ChannelPipeline> below) {
        return portForwardOrder(request)
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
        SpdyPortForward forward = new SpdyPortForward(ports(order));
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
            ChannelPipeline pipeline,
            Channel channel,
            CommandProtocol version,
            CommandOrder order) {
        SpdyCommand command = new SpdyCommand(channel, version, order);
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
                                    WebSocketFrames.install(pipeline);
                                    pipeline.addLast(
                                            new WebSocketFrameAggregator(WebSocketFrames.MAX_BYTES),
                                            new WebSocketCommand(channel, known.get(), order));
                                }))
                .orElseGet(() -> new Choice.Refused(Refusal.unknown()));
    }

    private Optional<CommandOrder> order(UpgradeRequest request) {
        return tokens.take(request.method(), request.token())
                .flatMap(order ->
                        switch (order) {
                            case StreamOrder.Exec exec ->
                                    Optional.of(
                                            new CommandOrder(
                                                    "exec-" + exec.containerId(),
                                                    exec.streams(),
                                                    Duration.ZERO,
                                                    () -> backend.exec(exec)));
                            case StreamOrder.Attach attach ->
                                    Optional.of(
                                            new CommandOrder(
                                                    "attach-" + attach.containerId(),
                                                    attach.streams(),
                                                    attachPatience,
                                                    () -> backend.attach(attach)));
                            case StreamOrder.PortForward _ -> Optional.empty();
                        });
    }

    private static Refusal unknownProtocol(List<String> wishes, String known) {
        return Refusal.protocol(
                "none of the protocols %s is known here; %s are".formatted(wishes, known));
    }
}
