package carafe.streaming.spdy;

import carafe.streaming.forward.Forwards;
import carafe.streaming.forward.Ports;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.spdy.SpdyHeaders;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Port forwarding over one SPDY connection: for each forwarded connection the client opens an error
 * stream and a data stream with the same request id and port. Lives on the event loop.
 */
public final class SpdyPortForward implements SpdyConnection.Listener {
    /** The subprotocol. */
    public static final String PROTOCOL = "portforward.k8s.io";

    /** Two for each of 256 connections. */
    public static final int MAX_STREAMS = 512;

    private static final int PAIR_SECONDS = 30;
    private static final int MAX_PORT = 0xffff;
    private static final int MAX_ID = 128;

    private final Ports ports;
    private final Map<String, Half> halves = new HashMap<>();
    private @Nullable ChannelHandlerContext context;
    private @Nullable SpdyConnection connection;
    private @Nullable Forwards forwards;

    /** A stream that waits for its other one. */
    private record Half(int stream, boolean error, int port, ScheduledFuture<?> limit) {}

    public SpdyPortForward(Ports ports) {
        this.ports = ports;
    }

    @Override
    public void begin(ChannelHandlerContext begun, SpdyConnection spdy) {
        context = begun;
        connection = spdy;
        forwards = new Forwards(begun, spdy, ports);
    }

    @Override
    public boolean opened(int stream, SpdyHeaders headers) {
        String type = text(headers, "streamtype");
        boolean error = type.equals("error");
        int port = port(text(headers, "port"));
        // The oldest clients have no ids: their error stream comes first, its data stream next.
        String given = text(headers, "requestid");
        String id = given.isEmpty() ? "#" + (error ? stream : stream - 2) : given;
        if (port == 0 || id.length() > MAX_ID || !(error || type.equals("data"))) {
            return false;
        }
        Half other = halves.get(id);
        if (other == null) {
            halves.put(id, new Half(stream, error, port, limit(id, stream)));
            return true;
        }
        if (other.error() == error || other.port() != port) {
            return false;
        }
        halves.remove(id);
        other.limit().cancel(false);
        forwards().open(error ? stream : other.stream(), error ? other.stream() : stream, port);
        return true;
    }

    private static String text(SpdyHeaders headers, String name) {
        String value = headers.getAsString(name);
        return value == null ? "" : value;
    }

    private static int port(String text) {
        if (!text.matches("[0-9]{1,5}")) {
            return 0;
        }
        int port = Integer.parseInt(text);
        return port <= MAX_PORT ? port : 0;
    }

    private ScheduledFuture<?> limit(String id, int stream) {
        ChannelHandlerContext here = context();
        return here.executor()
                .schedule(
                        () -> {
                            halves.remove(id);
                            connection().cancel(here, stream);
                        },
                        PAIR_SECONDS,
                        TimeUnit.SECONDS);
    }

    @Override
    public void data(int stream, ByteBuf bytes) {
        forwards().data(stream, bytes);
    }

    @Override
    public void ended(int stream) {
        forwards().ended(stream);
    }

    @Override
    public void reset(int stream) {
        forwards().reset(stream);
    }

    @Override
    public void writabilityChanged() {
        forwards().writabilityChanged();
    }

    @Override
    public void closed() {
        halves.values().forEach(half -> half.limit().cancel(false));
        halves.clear();
        forwards().closed();
    }

    private Forwards forwards() {
        if (forwards == null) {
            throw new IllegalStateException("not begun");
        }
        return forwards;
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("not begun");
        }
        return context;
    }

    private SpdyConnection connection() {
        if (connection == null) {
            throw new IllegalStateException("not begun");
        }
        return connection;
    }
}
