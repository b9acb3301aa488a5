package carafe.testkit.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyVersion;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** {@link CommandWire} over SPDY, with streams for input, output and the error. */
public final class SpdyWire implements CommandWire {
    private static final int ERROR = 1;
    private static final int STDIN = 3;
    private static final int STDOUT = 5;
    private static final int FIN = 1;
    private static final int SYN_REPLY = 2;
    private static final int RST_STREAM = 3;
    private static final int HEAD = 8;
    private static final int BUFFER = 256 << 10;
    private static final int MAX_FRAME = (1 << 24) - 1;

    private final Socket socket;
    private final OutputStream out;
    private final DataInputStream in;

    /**
     * @param url of an exec or attach with standard input and output only
     */
    public SpdyWire(URI url) throws IOException {
        this(Dialer.plain(), url);
    }

    public SpdyWire(Dialer dialer, URI url) throws IOException {
        socket = dialer.dial(url);
        RawHttp.upgrade(
                socket,
                """
                POST %s HTTP/1.1
                Host: node
                Connection: Upgrade
                Upgrade: SPDY/3.1
                X-Stream-Protocol-Version: v4.channel.k8s.io
                Content-Length: 0

                """
                        .formatted(RawHttp.target(url)));
        out = socket.getOutputStream();
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER));
        openStreams();
    }

    private void openStreams() throws IOException {
        EmbeddedChannel codec = new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));
        List<String> types = List.of("error", "stdin", "stdout");
        int number = ERROR;
        for (String type : types) {
            SpdySynStreamFrame open = new DefaultSpdySynStreamFrame(number, 0, (byte) 0);
            open.headers().add("streamtype", type);
            codec.writeOutbound(open);
            number += 2;
        }
        ByteBuf bytes = codec.readOutbound();
        while (bytes != null) {
            out.write(ByteBufUtil.getBytes(bytes));
            bytes.release();
            bytes = codec.readOutbound();
        }
        codec.close().syncUninterruptibly();
        awaitReplies(types.size());
    }

    /** As real clients do: containerd throws away what comes before it has answered. */
    private void awaitReplies(int count) throws IOException {
        int left = count;
        while (left > 0) {
            int head = in.readInt();
            int length = in.readInt() & MAX_FRAME;
            if (head >= 0 || (head & 0xffff) == RST_STREAM) {
                throw new IOException(
                        "the server did not answer all streams: %08x".formatted(head));
            }
            in.skipNBytes(length);
            left -= (head & 0xffff) == SYN_REPLY ? 1 : 0;
        }
    }

    @Override
    public void send(byte[] bytes, int offset, int length) throws IOException {
        // Head and bytes in one write: two would wait for each other's acknowledgement.
        byte[] frame =
                ByteBuffer.allocate(HEAD + length)
                        .putInt(STDIN)
                        .putInt(length)
                        .put(bytes, offset, length)
                        .array();
        out.write(frame);
    }

    @Override
    public void endInput() throws IOException {
        out.write(ByteBuffer.allocate(HEAD).putInt(STDIN).putInt(FIN << 24).array());
    }

    @Override
    public String receive(Sink output) throws IOException {
        ByteArrayOutputStream status = new ByteArrayOutputStream();
        byte[] piece = new byte[BUFFER];
        boolean errorEnded = false;
        boolean outputEnded = false;
        while (!errorEnded || !outputEnded) {
            int stream = in.readInt();
            int head = in.readInt();
            int left = head & MAX_FRAME;
            if (stream < 0) {
                int reset = control(stream, left);
                errorEnded |= reset == ERROR;
                outputEnded |= reset == STDOUT;
                continue;
            }
            while (left > 0) {
                int n = in.read(piece, 0, Math.min(left, piece.length));
                if (n < 0) {
                    throw new EOFException("the connection ended within a frame");
                }
                left -= n;
                if (stream == STDOUT) {
                    output.take(piece, 0, n);
                } else {
                    status.write(piece, 0, n);
                }
            }
            boolean last = (head >>> 24 & FIN) != 0;
            errorEnded |= last && stream == ERROR;
            outputEnded |= last && stream == STDOUT;
        }
        return status.toString(StandardCharsets.UTF_8);
    }

    /** Some servers end a stream by a reset; all else of this kind answers what was opened. */
    private int control(int head, int length) throws IOException {
        if ((head & 0xffff) != RST_STREAM || length < Integer.BYTES) {
            in.skipNBytes(length);
            return 0;
        }
        int stream = in.readInt();
        in.skipNBytes(length - Integer.BYTES);
        return stream;
    }

    @Override
    public void abort() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
