package carafe.streaming.spdy;

import carafe.streaming.api.ContainerStream;
import carafe.streaming.api.Streams;
import carafe.streaming.session.ClientChannel;
import carafe.streaming.session.CommandClient;
import carafe.streaming.session.CommandInput;
import carafe.streaming.session.CommandOrder;
import carafe.streaming.session.CommandProtocol;
import carafe.streaming.session.CommandSession;
import carafe.streaming.session.Connections;
import carafe.streaming.session.Outcome;
import carafe.streaming.session.TerminalSizes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.spdy.SpdyHeaders;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Exec or attach over SPDY: one stream for each of the client's streams, one for how it ended and,
 * with a terminal, one for its size. Begins when all of them are open, which must be within 30 s.
 */
public final class SpdyCommand implements SpdyConnection.Listener, CommandClient {
    /** More than any version opens. */
    public static final int MAX_STREAMS = 16;

    private static final int CREATION_SECONDS = 30;

    private final CommandProtocol protocol;
    private final Set<Role> expected;
    private final Map<Role, Integer> streams = new EnumMap<>(Role.class);
    private final CommandOrder order;
    private final Channel channel;
    private final ClientChannel client;
    private final CommandInput input;
    private final TerminalSizes sizes;
    private @Nullable CommandSession session;
    private @Nullable ScheduledFuture<?> creationLimit;

    private enum Role {
        ERROR,
        STDIN,
        STDOUT,
        STDERR,
        RESIZE
    }

    public SpdyCommand(Channel channel, CommandProtocol protocol, CommandOrder order) {
        this.channel = channel;
        this.protocol = protocol;
        this.order = order;
        this.expected = expected(protocol, order.streams());
        this.client = new ClientChannel(channel, order.patience());
        this.input = new CommandInput(open -> channel.config().setAutoRead(open));
        this.sizes = new TerminalSizes(input::resize);
    }

    private static Set<Role> expected(CommandProtocol protocol, Streams wanted) {
        Set<Role> roles = EnumSet.of(Role.ERROR);
        if (wanted.stdin()) {
            roles.add(Role.STDIN);
        }
        if (wanted.stdout()) {
            roles.add(Role.STDOUT);
        }
        if (wanted.stderr()) {
            roles.add(Role.STDERR);
        }
        if (wanted.terminal() && protocol.resizes()) {
            roles.add(Role.RESIZE);
        }
        return roles;
    }

    @Override
    public void begin(ChannelHandlerContext context, SpdyConnection connection) {
        creationLimit =
                context.executor()
                        .schedule(
                                () -> Connections.close(channel),
                                CREATION_SECONDS,
                                TimeUnit.SECONDS);
    }

    @Override
    public boolean opened(int stream, SpdyHeaders headers) {
        String type = headers.getAsString("streamtype");
        for (Role role : expected) {
            if (role.name().toLowerCase(Locale.ROOT).equals(type)) {
                boolean first = streams.putIfAbsent(role, stream) == null;
                if (first && streams.size() == expected.size()) {
                    start();
                }
                return first;
            }
        }
        return false;
    }

    private void start() {
        if (creationLimit != null) {
            creationLimit.cancel(false);
        }
        session = new CommandSession(order.name(), order.opening(), this, input);
        // After the answer to the last stream, which is written when this returns.
        channel.eventLoop().execute(session::start);
    }

    @Override
    public void data(int stream, ByteBuf bytes) {
        if (isRole(Role.STDIN, stream)) {
            input.bytes(ByteBufUtil.getBytes(bytes));
        } else if (isRole(Role.RESIZE, stream) && !sizes.accept(bytes)) {
            Connections.close(channel);
        }
    }

    @Override
    public void ended(int stream) {
        if (isRole(Role.STDIN, stream)) {
            input.end();
        }
    }

    @Override
    public void reset(int stream) {
        ended(stream);
    }

    private boolean isRole(Role role, int stream) {
        Integer mine = streams.get(role);
        return mine != null && mine == stream;
    }

    @Override
    public void writabilityChanged() {
        client.changed();
    }

    @Override
    public void closed() {
        if (creationLimit != null) {
            creationLimit.cancel(false);
        }
        client.changed();
        if (session != null) {
            session.clientGone();
        }
    }

    @Override
    public void output(ContainerStream.Source source, byte[] bytes) throws InterruptedException {
        Role role =
                switch (source) {
                    case STDOUT -> Role.STDOUT;
                    case STDERR -> Role.STDERR;
                };
        Integer stream = streams.get(role);
        if (stream != null) {
            client.write(SpdyConnection.frame(stream, Unpooled.wrappedBuffer(bytes), false));
        }
    }

    @Override
    public void finish(Outcome outcome) throws InterruptedException {
        if (outcome instanceof Outcome.Failure) {
            client.failed();
        }
        for (Map.Entry<Role, Integer> stream : streams.entrySet()) {
            if (stream.getKey() != Role.ERROR) {
                client.write(SpdyConnection.frame(stream.getValue(), Unpooled.EMPTY_BUFFER, true));
            }
        }
        ByteBuf status = Unpooled.wrappedBuffer(protocol.status(outcome));
        Integer error = streams.get(Role.ERROR);
        if (error != null) {
            client.writeLast(SpdyConnection.frame(error, status, true));
        }
    }
}
