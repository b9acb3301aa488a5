package carafe.streaming.forward;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One forwarded connection: a data stream and an error stream of the client, and a connection into
 * the pod. Each direction ends by itself; the error stream says why it could not be made, or
 * nothing. Lives on the event loop.
 */
final class ForwardedPort implements PodConnection.Listener {
    /** Held for a pod that is still being connected to. */
    private static final int EARLY_BYTES = 64 << 10;

    /** How long the client may go on sending to a pod that sends no more. */
    private static final int HALF_OPEN_SECONDS = 30;

    private final ChannelHandlerContext context;
    private final ForwardClient client;
    private final int errorStream;
    private final int dataStream;
    private final Runnable changed;
    private final Queue<ByteBuf> early = new ArrayDeque<>();
    private int earlyBytes;
    private @Nullable PodConnection pod;
    private boolean clientEnded;
    private boolean podEnded;
    private boolean over;

    /**
     * @param changed told when it can take more, or less, and when it is over
     */
    ForwardedPort(
            ChannelHandlerContext context,
            ForwardClient client,
            int errorStream,
            int dataStream,
            Runnable changed) {
        this.context = context;
        this.client = client;
        this.errorStream = errorStream;
        this.dataStream = dataStream;
        this.changed = changed;
    }

    /** Whether nothing of it is left. */
    boolean isOver() {
        return over;
    }

    /** Whether it can take more of the client's bytes. */
    boolean hasRoom() {
        if (over) {
            return true;
        }
        return pod == null ? earlyBytes < EARLY_BYTES : pod.hasRoom();
    }

    /**
     * The pod answers.
     *
     * @param descriptor owned from here on
     */
    void connected(int descriptor) {
        PodConnection made = new PodConnection(context.channel().eventLoop(), descriptor, this);
        pod = made;
        if (over) {
            made.close();
            return;
        }
        made.read(context.channel().isWritable());
        while (!early.isEmpty()) {
            made.send(early.remove());
        }
        earlyBytes = 0;
        if (clientEnded) {
            made.endOutput();
        }
        changed.run();
    }

    /** There is no connection, and why. */
    void failed(String why) {
        if (!over) {
            ByteBuf text = ByteBufUtil.writeUtf8(context.alloc(), why);
            client.send(context, errorStream, text, true);
            client.end(context, dataStream);
            end();
        }
    }

    /**
     * Bytes of the client.
     *
     * @param bytes lent for the call
     */
    void fromClient(ByteBuf bytes) {
        if (over) {
            return;
        }
        if (pod != null) {
            pod.send(bytes.retain());
        } else {
            early.add(bytes.retain());
            earlyBytes += bytes.readableBytes();
        }
        if (!hasRoom()) {
            changed.run();
        }
    }

    /** The client has sent all it will. */
    void clientEnded() {
        clientEnded = true;
        if (podEnded) {
            end();
        } else if (pod != null) {
            pod.endOutput();
        }
    }

    /** The client wants no more of it. */
    void abandon() {
        client.end(context, errorStream);
        end();
    }

    /** Whether to read from the pod. */
    void read(boolean wanted) {
        if (pod != null && !over) {
            pod.read(wanted);
        }
    }

    @Override
    public void fromPod(ByteBuf bytes) {
        if (over) {
            bytes.release();
            return;
        }
        client.send(context, dataStream, bytes, false);
        if (!context.channel().isWritable()) {
            read(false);
        }
    }

    /** The client reads the end of both streams as the end of the connection. */
    @Override
    public void podEnded() {
        podEnded = true;
        client.end(context, dataStream);
        client.end(context, errorStream);
        if (clientEnded) {
            end();
        } else {
            Future<?> _ =
                    context.executor().schedule(this::end, HALF_OPEN_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Override
    public void podClosed() {
        if (!over) {
            client.send(context, dataStream, Unpooled.EMPTY_BUFFER, true);
            client.end(context, errorStream);
            end();
        }
    }

    @Override
    public void roomChanged() {
        changed.run();
    }

    /** Forgets everything. */
    void end() {
        if (over) {
            return;
        }
        over = true;
        while (!early.isEmpty()) {
            early.remove().release();
        }
        if (pod != null) {
            pod.close();
        }
        changed.run();
    }
}
