package carafe.bench;

import carafe.testkit.stream.Http2Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A gRPC client of one thread over one unix socket, one call at a time: what it costs itself is as
 * little as can be, so that the time of a call is the server's (RFC 9113; gRPC over HTTP/2). The
 * usual client adds three threads that must wake up, and after a second of rest they take half of
 * the whole. Not thread-safe.
 */
final class GrpcCall implements AutoCloseable {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final short INITIAL_WINDOW_SIZE = 4;
    private static final int ACK = 1;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int PADDED_OR_PRIORITY = 0x28;
    private static final int GRPC_PREFIX_BYTES = 5;
    private static final int DEFAULT_WINDOW = 65_535;
    private static final int MAX_FRAME = 16_384;

    private final SocketChannel channel;
    private final byte[] headers;
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
    private final ByteBuffer in = ByteBuffer.allocate(2 * (Http2Frame.HEAD + MAX_FRAME)).flip();
    private int stream = -1;

    /**
     * @param method full name of the method, as in {@code runtime.v1.RuntimeService/ExecSync}
     */
    GrpcCall(Path socket, String method) throws IOException {
        this.headers = headers("/" + method);
        this.channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            ByteArrayOutputStream first = new ByteArrayOutputStream();
            first.writeBytes(
                    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            // A list of a thousand containers comes without our asking for more of it.
            byte[] window =
                    ByteBuffer.allocate(6)
                            .putShort(INITIAL_WINDOW_SIZE)
                            .putInt(Integer.MAX_VALUE)
                            .array();
            first.writeBytes(Http2Frame.of(SETTINGS, 0, 0, window));
            int more = Integer.MAX_VALUE - DEFAULT_WINDOW;
            first.writeBytes(
                    Http2Frame.of(
                            WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(4).putInt(more).array()));
            write(first.toByteArray());
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Literal fields without indexing (RFC 7541 §6.2.2), so that every call has the same bytes. */
    private static byte[] headers(String path) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        field(block, ":method", "POST");
        field(block, ":scheme", "http");
        field(block, ":path", path);
        field(block, ":authority", "localhost");
        field(block, "te", "trailers");
        field(block, "content-type", "application/grpc");
        field(block, "grpc-timeout", "60S");
        return block.toByteArray();
    }

    private static void field(ByteArrayOutputStream block, String name, String value) {
        block.write(0);
        for (String text : new String[] {name, value}) {
            byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            if (bytes.length >= 0x7f) {
                throw new IllegalArgumentException(text + " is too long for a length of one byte");
            }
            block.write(bytes.length);
            block.writeBytes(bytes);
        }
    }

    /**
     * Calls the method and waits for the answer.
     *
     * @param message serialised request, at most one frame of 16 KiB
     * @return serialised response
     * @throws IOException for any status but OK, with that status
     */
    byte[] call(byte[] message) throws IOException {
        stream += 2;
        byte[] body =
                ByteBuffer.allocate(GRPC_PREFIX_BYTES + message.length)
                        .put((byte) 0)
                        .putInt(message.length)
                        .put(message)
                        .array();
        byte[] head = Http2Frame.of(HEADERS, END_HEADERS, stream, headers);
        byte[] data = Http2Frame.of(DATA, END_STREAM, stream, body);
        write(ByteBuffer.allocate(head.length + data.length).put(head).put(data).array());
        return answer();
    }

    private byte[] answer() throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        while (true) {
            need(Http2Frame.HEAD);
            int length = ((in.get() & 0xff) << 16) | (in.getShort() & 0xffff);
            int type = in.get();
            int flags = in.get();
            int of = in.getInt();
            need(length);
            byte[] body = new byte[length];
            in.get(body);
            switch (type) {
                case DATA -> answer.writeBytes(body);
                case HEADERS -> {
                    if (ended(body, flags)) {
                        byte[] whole = answer.toByteArray();
                        return Arrays.copyOfRange(whole, GRPC_PREFIX_BYTES, whole.length);
                    }
                }
                case SETTINGS, PING -> acknowledge(type, flags, body);
                case RST_STREAM, GOAWAY ->
                        throw new IOException("the server ended stream " + of + ", frame " + type);
                default -> {}
            }
        }
    }

    /** Whether these are the trailers; throws unless they say OK. */
    private boolean ended(byte[] block, int flags) throws IOException {
        if ((flags & END_HEADERS) == 0 || (flags & PADDED_OR_PRIORITY) != 0) {
            throw new IOException("header blocks in pieces or with padding are not understood");
        }
        ByteBuf buffer = Unpooled.wrappedBuffer(block);
        try {
            Http2Headers decoded = decoder.decodeHeaders(stream, buffer);
            if ((flags & END_STREAM) == 0) {
                return false;
            }
            String status = String.valueOf(decoded.get("grpc-status"));
            if (!status.equals("0")) {
                throw new IOException("status " + status + ": " + decoded.get("grpc-message"));
            }
            return true;
        } catch (Http2Exception e) {
            throw new IOException("the server's headers", e);
        }
    }

    private void acknowledge(int type, int flags, byte[] body) throws IOException {
        if ((flags & ACK) == 0) {
            write(Http2Frame.of(type, ACK, 0, type == PING ? body : new byte[0]));
        }
    }

    private void write(byte[] bytes) throws IOException {
        ByteBuffer out = ByteBuffer.wrap(bytes);
        while (out.hasRemaining()) {
            channel.write(out);
        }
    }

    private void need(int bytes) throws IOException {
        if (bytes > in.capacity()) {
            throw new IOException("a frame of " + bytes + " bytes");
        }
        while (in.remaining() < bytes) {
            in.compact();
            try {
                if (channel.read(in) < 0) {
                    throw new EOFException("the server closed the connection");
                }
            } finally {
                in.flip();
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
