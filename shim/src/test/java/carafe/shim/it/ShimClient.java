package carafe.shim.it;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.shim.wire.Codec;
import carafe.shim.wire.Frames;
import carafe.shim.wire.Message;
import carafe.shim.wire.Reply;
import carafe.shim.wire.WireException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One connection to a shim. A reply that does not come within 30 s fails the test. */
final class ShimClient implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SocketChannel channel;
    private final InputStream in;

    private ShimClient(SocketChannel channel) {
        this.channel = channel;
        this.in = Channels.newInputStream(channel);
    }

    static ShimClient connect(Path bundle) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(bundle.resolve("s")));
        return new ShimClient(channel);
    }

    /** Asks and reads the only answer. */
    static Message ask(Path bundle, Message request) throws IOException {
        try (ShimClient client = connect(bundle)) {
            client.send(request);
            return client.receive();
        }
    }

    void send(Message message) throws IOException {
        try {
            sendRaw(Codec.encode(message));
        } catch (WireException e) {
            throw new IOException(e);
        }
    }

    void sendRaw(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /** The next message; the end of the stream fails the test. */
    Message receive() throws IOException {
        return receiveOrEnd().orElseThrow(() -> new AssertionError("the shim hung up"));
    }

    /** The next message, empty when the shim has hung up. */
    Optional<Message> receiveOrEnd() throws IOException {
        CompletableFuture<Void> guard =
                CompletableFuture.runAsync(
                        this::closeQuietly,
                        CompletableFuture.delayedExecutor(
                                PATIENCE.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS));
        try {
            byte[] prefix = in.readNBytes(Frames.PREFIX_BYTES);
            if (prefix.length == 0) {
                return Optional.empty();
            }
            byte[] body = in.readNBytes(Frames.bodyLength(prefix, 0));
            return Optional.of(Codec.decode(body));
        } catch (ClosedChannelException e) {
            throw new AssertionError("no reply within " + PATIENCE, e);
        } catch (WireException e) {
            throw new IOException(e);
        } finally {
            guard.cancel(false);
        }
    }

    private void closeQuietly() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** What an exec gave; the messages up to its end. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record ExecResult(byte[] stdout, byte[] stderr, Message last) {
        String out() {
            return new String(stdout, java.nio.charset.StandardCharsets.UTF_8);
        }

        String err() {
            return new String(stderr, java.nio.charset.StandardCharsets.UTF_8);
        }

        Reply.ExecExited exited() {
            assertThat(last).isInstanceOf(Reply.ExecExited.class);
            return (Reply.ExecExited) last;
        }
    }

    /** Reads until an exec's last message. */
    ExecResult finish() throws IOException {
        ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        ByteArrayOutputStream stderr = new ByteArrayOutputStream();
        while (true) {
            Message message = receive();
            switch (message) {
                case Reply.Output(Reply.Stream stream, byte[] bytes) ->
                        (stream == Reply.Stream.STDOUT ? stdout : stderr).writeBytes(bytes);
                case Reply.ExecStarted started -> assertThat(started.pid()).isGreaterThan(1);
                default -> {
                    return new ExecResult(stdout.toByteArray(), stderr.toByteArray(), message);
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
