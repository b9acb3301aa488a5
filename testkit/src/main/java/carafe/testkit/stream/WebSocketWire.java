package carafe.testkit.stream;

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

/** {@link CommandWire} over WebSocket, protocol v5; every frame is masked as a browser's is. */
public final class WebSocketWire implements CommandWire {
    private static final int STDIN = 0;
    private static final int STDOUT = 1;
    private static final int CLOSE_CHANNEL = 255;
    private static final int FINAL_BINARY = 0x82;
    private static final int OPCODE = 0x0f;
    private static final int CLOSE = 8;
    private static final int CONTINUATION = 0;
    private static final int MASKED = 0x80;
    private static final int SHORT = 126;
    private static final int LONG = 127;
    private static final int BUFFER = 256 << 10;
    private static final int HEAD = 14;
    private static final byte[] MASK = {0x5a, (byte) 0xc3, 0x11, (byte) 0x9e};

    private final Socket socket;
    private final OutputStream out;
    private final DataInputStream in;

    /**
     * @param url of an exec or attach with standard input and output only
     */
    public WebSocketWire(URI url) throws IOException {
        this(Dialer.plain(), url);
    }

    public WebSocketWire(Dialer dialer, URI url) throws IOException {
        socket = dialer.dial(url);
        RawHttp.upgrade(
                socket,
                """
                GET %s HTTP/1.1
                Host: node
                Connection: Upgrade
                Upgrade: websocket
                Sec-WebSocket-Version: 13
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
                Sec-WebSocket-Protocol: v5.channel.k8s.io

                """
                        .formatted(RawHttp.target(url)));
        out = socket.getOutputStream();
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER));
    }

    @Override
    public void send(byte[] bytes, int offset, int length) throws IOException {
        message(STDIN, bytes, offset, length);
    }

    @Override
    public void endInput() throws IOException {
        message(CLOSE_CHANNEL, new byte[] {STDIN}, 0, 1);
    }

    private void message(int channel, byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(HEAD + 1 + length);
        int payload = length + 1;
        frame.put((byte) FINAL_BINARY);
        if (payload < SHORT) {
            frame.put((byte) (MASKED | payload));
        } else if (payload <= 0xffff) {
            frame.put((byte) (MASKED | SHORT)).putShort((short) payload);
        } else {
            frame.put((byte) (MASKED | LONG)).putLong(payload);
        }
        frame.put(MASK).put((byte) (channel ^ MASK[0]));
        for (int i = 0; i < length; i++) {
            frame.put((byte) (bytes[offset + i] ^ MASK[i + 1 & 3]));
        }
        out.write(frame.array(), 0, frame.position());
    }

    @Override
    public String receive(Sink output) throws IOException {
        ByteArrayOutputStream status = new ByteArrayOutputStream();
        byte[] piece = new byte[BUFFER];
        int channel = STDOUT;
        while (true) {
            int first = in.readUnsignedByte();
            long left = payload(in.readUnsignedByte());
            if ((first & OPCODE) == CLOSE) {
                return status.toString(StandardCharsets.UTF_8);
            }
            if ((first & OPCODE) != CONTINUATION && left > 0) {
                channel = in.readUnsignedByte();
                left--;
            }
            while (left > 0) {
                int n = in.read(piece, 0, (int) Math.min(left, piece.length));
                if (n < 0) {
                    throw new EOFException("the connection ended within a message");
                }
                left -= n;
                if (channel == STDOUT) {
                    output.take(piece, 0, n);
                } else {
                    status.write(piece, 0, n);
                }
            }
        }
    }

    private long payload(int second) throws IOException {
        return switch (second) {
            case SHORT -> in.readUnsignedShort();
            case LONG -> in.readLong();
            default -> second;
        };
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
