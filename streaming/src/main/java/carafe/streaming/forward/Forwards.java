package carafe.streaming.forward;

import carafe.base.CarafeException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;

/**
 * The forwarded connections of one client. A pod that does not take its bytes holds up the client's
 * whole connection, but for 30 s at most. Lives on the event loop.
 */
public final class Forwards {
    private final ChannelHandlerContext context;
    private final ForwardClient client;
    private final Ports ports;
    private final Map<Integer, ForwardedPort> byData = new HashMap<>();

    public Forwards(ChannelHandlerContext context, ForwardClient client, Ports ports) {
        this.context = context;
        this.client = client;
        this.ports = ports;
    }

    /**
     * Begins one.
     *
     * @param errorStream tells why there is none; ends without a word otherwise
     * @param dataStream the bytes
     */
    public void open(int errorStream, int dataStream, int port) {
        ForwardedPort forwarded =
                new ForwardedPort(context, client, errorStream, dataStream, this::balance);
        byData.put(dataStream, forwarded);
        Thread.ofVirtual().name("portforward-" + port).start(() -> connect(port, forwarded));
    }

    private void connect(int port, ForwardedPort forwarded) {
        Runnable next;
        try {
            int descriptor = ports.connect(port);
            next = () -> forwarded.connected(descriptor);
        } catch (CarafeException e) {
            String why = "error forwarding port %d: %s".formatted(port, e.getMessage());
            next = () -> forwarded.failed(why);
        }
        try {
            context.executor().execute(next);
        } catch (RejectedExecutionException e) {
            // The server stops, and its process closes whatever is open.
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Bytes of the client; those of a stream that is over are dropped.
     *
     * @param bytes lent for the call
     */
    public void data(int dataStream, ByteBuf bytes) {
        ForwardedPort forwarded = byData.get(dataStream);
        if (forwarded != null) {
            forwarded.fromClient(bytes);
        }
    }

    /** The client has sent all it will. */
    public void ended(int dataStream) {
        ForwardedPort forwarded = byData.get(dataStream);
        if (forwarded != null) {
            forwarded.clientEnded();
        }
    }

    /** The client gives a stream up. */
    public void reset(int dataStream) {
        ForwardedPort forwarded = byData.get(dataStream);
        if (forwarded != null) {
            forwarded.abandon();
        }
    }

    /** More, or less, can be written to the client than before. */
    public void writabilityChanged() {
        boolean writable = context.channel().isWritable();
        for (ForwardedPort forwarded : List.copyOf(byData.values())) {
            forwarded.read(writable);
        }
    }

    /** The client's connection has ended. */
    public void closed() {
        List<ForwardedPort> all = new ArrayList<>(byData.values());
        byData.clear();
        all.forEach(ForwardedPort::end);
    }

    /** Reads from the client while every pod can take more, and forgets what is over. */
    private void balance() {
        byData.values().removeIf(ForwardedPort::isOver);
        boolean room = byData.values().stream().allMatch(ForwardedPort::hasRoom);
        if (context.channel().config().isAutoRead() != room) {
            context.channel().config().setAutoRead(room);
        }
    }
}
