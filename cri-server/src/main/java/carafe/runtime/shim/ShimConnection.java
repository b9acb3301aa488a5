package carafe.runtime.shim;

import carafe.base.CarafeException;
import carafe.linux.Fd;
import carafe.shim.wire.Codec;
import carafe.shim.wire.Frames;
import carafe.shim.wire.Message;
import carafe.shim.wire.OutputFrame;
import carafe.shim.wire.Reply;
import carafe.shim.wire.Request;
import carafe.shim.wire.WireException;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

/**
 * One conversation with a shim. All waits together take no longer than its deadline, unless that is
 * lifted. One thread may receive while another one sends; close may come from any.
 */
final class ShimConnection implements AutoCloseable {
    private static final String SOCKET = "s";

    /** What a socket's address holds, less the zero at its end. */
    private static final int MAX_ADDRESS = 107;

    private final String doing;
    private final Duration deadline;
    private final SocketChannel channel;
    private final Deadlines.Running clock;
    private final byte[] prefix = new byte[Frames.PREFIX_BYTES];
    private byte[] body = {};

    private ShimConnection(
            String doing, Duration deadline, SocketChannel channel, Deadlines.Running clock) {
        this.doing = doing;
        this.deadline = deadline;
        this.channel = channel;
        this.clock = clock;
    }

    /**
     * Connects to the socket in the bundle, which must be our own user's. Its file is looked at and
     * not the peer's credentials: those come with a search through the user database, which takes
     * as long as all the rest, and say no more, since nobody else may make files in a bundle.
     *
     * @param doing what the caller is about, for messages
     * @param owner user id
     * @throws ShimGoneException when nobody listens
     * @throws CarafeException.Deadline when nobody accepts
     */
    static ShimConnection open(
            String doing, Path bundle, int owner, Deadlines deadlines, Duration deadline)
            throws ShimGoneException {
        SocketChannel channel = openChannel(doing);
        ShimConnection connection =
                new ShimConnection(
                        doing, deadline, channel, deadlines.closeAfter(deadline, channel));
        try {
            connection.checkOwner(bundle.resolve(SOCKET), owner);
            connection.connect(bundle);
            return connection;
        } catch (RuntimeException | ShimGoneException e) {
            connection.close();
            throw e;
        }
    }

    private static SocketChannel openChannel(String doing) {
        try {
            return SocketChannel.open(StandardProtocolFamily.UNIX);
        } catch (IOException e) {
            throw new CarafeException.Exhausted(doing + ": no socket to be had", e);
        }
    }

    private void checkOwner(Path socket, int owner) throws ShimGoneException {
        try {
            Object user = Files.getAttribute(socket, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            if (!user.equals(owner)) {
                throw new CarafeException.Internal(
                        doing + ": the shim's socket belongs to user " + user);
            }
        } catch (IOException e) {
            throw gone(e);
        }
    }

    private void connect(Path bundle) throws ShimGoneException {
        Path socket = bundle.resolve(SOCKET);
        try {
            if (socket.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_ADDRESS) {
                channel.connect(UnixDomainSocketAddress.of(socket));
            } else {
                connectThroughDirectory(bundle);
            }
        } catch (IOException e) {
            throw gone(e);
        }
    }

    /** For a path that is longer than an address may be. */
    private void connectThroughDirectory(Path bundle) throws IOException {
        try (Fd directory = Fd.directory(bundle)) {
            channel.connect(UnixDomainSocketAddress.of(directory.path().resolve(SOCKET)));
        }
    }

    /** From here on waits take as long as they take: until the shim or a close ends them. */
    void liftDeadline() {
        clock.close();
    }

    /** Sends a request. */
    void send(Request request) throws ShimGoneException {
        try {
            ByteBuffer frame = ByteBuffer.wrap(Codec.encode(request));
            while (frame.hasRemaining()) {
                channel.write(frame);
            }
        } catch (WireException e) {
            throw new CarafeException.Invalid(doing + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw gone(e);
        }
    }

    /**
     * Waits for the next reply.
     *
     * @throws ShimGoneException when the shim closed the connection or died
     */
    Reply receive() throws ShimGoneException {
        try {
            return reply(read(Frames.bodyLength(read(Frames.PREFIX_BYTES), 0)));
        } catch (WireException e) {
            throw otherProtocol(e);
        } catch (IOException e) {
            throw gone(e);
        }
    }

    /** Takes output where it was received. */
    @FunctionalInterface
    interface Output {
        /**
         * @param data lent, from offset on
         */
        void take(Reply.Stream stream, byte[] data, int offset, int length);
    }

    /**
     * Waits for the next reply that is no output; what output comes before it passes through memory
     * that is used again and again.
     *
     * @throws ShimGoneException when the shim closed the connection or died
     */
    Reply receive(Output output) throws ShimGoneException {
        try {
            while (true) {
                fill(prefix, Frames.PREFIX_BYTES);
                int length = Frames.bodyLength(prefix, 0);
                if (body.length < length) {
                    body = new byte[length];
                }
                fill(body, length);
                if (!OutputFrame.is(body)) {
                    return reply(Arrays.copyOf(body, length));
                }
                Reply.Stream stream = OutputFrame.stream(body, length);
                int offset = OutputFrame.BYTES_OFFSET;
                output.take(stream, body, offset, length - offset);
            }
        } catch (WireException e) {
            throw otherProtocol(e);
        } catch (IOException e) {
            throw gone(e);
        }
    }

    private static Reply reply(byte[] body) throws WireException {
        Message message = Codec.decode(body);
        if (message instanceof Reply reply) {
            return reply;
        }
        throw new WireException("a request where a reply must be");
    }

    private CarafeException otherProtocol(WireException e) {
        return new CarafeException.Internal(
                doing + ": the shim speaks another protocol: " + e.getMessage(), e);
    }

    private byte[] read(int length) throws IOException {
        byte[] bytes = new byte[length];
        fill(bytes, length);
        return bytes;
    }

    private void fill(byte[] into, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(into, 0, length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the shim closed the connection");
            }
        }
    }

    /** Sorts what ended the conversation: our deadline, our interrupt, or the shim. */
    private ShimGoneException gone(IOException e) {
        if (clock.passed()) {
            throw new CarafeException.Deadline(
                    doing + ": the shim did not answer within " + deadline.toMillis() + " ms", e);
        }
        if (e instanceof ClosedByInterruptException) {
            throw new CarafeException.Deadline(doing + ": cancelled", e);
        }
        return new ShimGoneException(doing, e);
    }

    @Override
    public void close() {
        clock.close();
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing of ours is in it any more.
            return;
        }
    }
}
