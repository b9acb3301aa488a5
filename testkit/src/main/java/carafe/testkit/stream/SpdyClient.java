package carafe.testkit.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** A SPDY client on a blocking socket, for one thread. */
public final class SpdyClient implements AutoCloseable {
    private static final int READ_MILLIS = 20_000;

    private final Socket socket;
    private final EmbeddedChannel codec =
            new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));
    private final Map<Integer, ByteArrayOutputStream> received = new HashMap<>();
    private final Set<Integer> ended = new HashSet<>();
    private final Set<Integer> refused = new HashSet<>();
    private int lastStream = -1;

    /** Connects and upgrades. */
    public SpdyClient(URI url, String protocol) throws IOException {
        this(Dialer.plain(), url, protocol);
    }

    /** Connects in a way of the caller's, and upgrades. */
    public SpdyClient(Dialer dialer, URI url, String protocol) throws IOException {
        socket = dialer.dial(url);
        socket.setSoTimeout(READ_MILLIS);
        RawHttp.upgrade(
                socket,
                """
                POST %s HTTP/1.1
                Host: node
                Connection: Upgrade
                Upgrade: SPDY/3.1
                X-Stream-Protocol-Version: %s
                Content-Length: 0

                """
                        .formatted(RawHttp.target(url), protocol));
    }

    /** Where it connects from. */
    public int localPort() {
        return socket.getLocalPort();
    }

    /** Opens a stream; its number. */
    public int open(String... namesAndValues) throws IOException {
        lastStream += 2;
        SpdySynStreamFrame frame = new DefaultSpdySynStreamFrame(lastStream, 0, (byte) 0);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            frame.headers().add(namesAndValues[i], namesAndValues[i + 1]);
        }
        write(frame);
        received.put(lastStream, new ByteArrayOutputStream());
        return lastStream;
    }

    public void send(int stream, String text) throws IOException {
        write(
                new DefaultSpdyDataFrame(
                        stream, Unpooled.copiedBuffer(text, StandardCharsets.UTF_8)));
    }

    public void end(int stream) throws IOException {
        write(new DefaultSpdyDataFrame(stream).setLast(true));
    }

    public void write(Object frame) throws IOException {
        codec.writeOutbound(frame);
        ByteBuf bytes = codec.readOutbound();
        while (bytes != null) {
            socket.getOutputStream().write(ByteBufUtil.getBytes(bytes));
            bytes.release();
            bytes = codec.readOutbound();
        }
    }

    public void writeRaw(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** Everything that comes on a stream, to its end. */
    public String readAll(int stream) throws IOException {
        while (!ended.contains(stream)) {
            if (!readMore()) {
                throw new IOException("the connection ended before stream " + stream);
            }
        }
        return text(stream);
    }

    /** Waits until a stream has brought at least this. */
    public void await(int stream, String text) throws IOException {
        while (!text(stream).contains(text)) {
            if (!readMore()) {
                throw new IOException("the connection ended; so far: " + text(stream));
            }
        }
    }

    /** Waits until the server has refused or reset the stream. */
    public void awaitReset(int stream) throws IOException {
        while (!refused.contains(stream)) {
            if (!readMore()) {
                throw new IOException("the connection ended before the reset of " + stream);
            }
        }
    }

    /** Waits until the server hangs up. */
    public void awaitClose() throws IOException {
        boolean open = true;
        while (open) {
            open = readMore();
        }
    }

    /** Whether the connection is still there. */
    private boolean readMore() throws IOException {
        byte[] buffer = new byte[64 << 10];
        int n;
        try {
            n = socket.getInputStream().read(buffer);
        } catch (java.net.SocketException e) {
            return false;
        }
        if (n < 0) {
            return false;
        }
        codec.writeInbound(Unpooled.copiedBuffer(buffer, 0, n));
        Object frame = codec.readInbound();
        while (frame != null) {
            take(frame);
            frame = codec.readInbound();
        }
        return true;
    }

    private void take(Object frame) throws IOException {
        switch (frame) {
            case SpdyDataFrame data -> {
                received.computeIfAbsent(data.streamId(), _ -> new ByteArrayOutputStream())
                        .writeBytes(ByteBufUtil.getBytes(data.content()));
                data.release();
                if (data.isLast()) {
                    ended.add(data.streamId());
                }
            }
            case SpdyRstStreamFrame reset -> refused.add(reset.streamId());
            default -> {}
        }
    }

    private String text(int stream) {
        ByteArrayOutputStream bytes = received.get(stream);
        return bytes == null ? "" : bytes.toString(StandardCharsets.UTF_8);
    }

    /** Hangs up so that the server gets a reset. */
    public void abort() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        codec.close().syncUninterruptibly();
    }
}
