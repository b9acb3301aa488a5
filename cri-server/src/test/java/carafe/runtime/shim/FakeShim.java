package carafe.runtime.shim;

import carafe.shim.wire.Codec;
import carafe.shim.wire.Frames;
import carafe.shim.wire.Message;
import carafe.shim.wire.Reply;
import carafe.shim.wire.Request;
import carafe.shim.wire.WireException;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A shim's socket with a script behind it. Each connection is served by its own thread. */
final class FakeShim implements AutoCloseable {
    private final ServerSocketChannel server;
    private final Script script;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch firstEnd = new CountDownLatch(1);

    private FakeShim(ServerSocketChannel server, Script script) {
        this.server = server;
        this.script = script;
    }

    /** What the shim does with the first request of a connection; then the connection ends. */
    @FunctionalInterface
    interface Script {
        void answer(Request request, Peer peer) throws IOException;
    }

    static FakeShim in(Path bundle, Script script) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(bundle.resolve("s")));
        FakeShim shim = new FakeShim(server, script);
        Thread.ofVirtual().start(shim::accept);
        return shim;
    }

    List<Request> requests() {
        return requests;
    }

    /** Whether the first connection ends soon, be its request read by then or not. */
    boolean awaitFirstEnd() throws InterruptedException {
        return firstEnd.await(10, TimeUnit.SECONDS);
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel channel = server.accept();
                Thread.ofVirtual().start(() -> serve(channel));
            }
        } catch (IOException e) {
            // Closed at the end of the test.
            return;
        }
    }

    private void serve(SocketChannel channel) {
        try (channel) {
            Peer peer = new Peer(channel);
            if (peer.receive() instanceof Request request) {
                requests.add(request);
                script.answer(request, peer);
            }
        } catch (IOException e) {
            // The client has gone; the test looks at its side.
            return;
        } finally {
            firstEnd.countDown();
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The client as the script sees it. */
    record Peer(SocketChannel channel) {
        void send(Reply reply) throws IOException {
            try {
                sendRaw(Codec.encode(reply));
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

        /** Returns at the client's end of the connection. */
        void awaitHangup() throws IOException {
            while (channel.read(ByteBuffer.allocate(64)) >= 0) {
                // What else it sends does not matter.
            }
        }

        private Message receive() throws IOException {
            try {
                byte[] prefix = read(Frames.PREFIX_BYTES);
                return Codec.decode(read(Frames.bodyLength(prefix, 0)));
            } catch (WireException e) {
                throw new IOException(e);
            }
        }

        private byte[] read(int length) throws IOException {
            ByteBuffer buffer = ByteBuffer.allocate(length);
            while (buffer.hasRemaining()) {
                if (channel.read(buffer) < 0) {
                    throw new EOFException();
                }
            }
            return buffer.array();
        }
    }
}
