package carafe.testkit.client;

import carafe.proto.cri.ImageServiceGrpc;
import carafe.proto.cri.ImageServiceGrpc.ImageServiceBlockingStub;
import carafe.proto.cri.RuntimeServiceGrpc;
import carafe.proto.cri.RuntimeServiceGrpc.RuntimeServiceBlockingStub;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * One connection to a CRI socket. Every call has a deadline. Reconnects by itself when the server
 * comes back; a call made while it is away fails. Thread-safe. Owns its channel and its one event
 * loop.
 */
public final class CriClient implements AutoCloseable {
    /** What a call may take when nothing else is said. */
    public static final Duration DEADLINE = Duration.ofSeconds(60);

    private static final int MAX_MESSAGE_BYTES = 64 << 20;

    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final ManagedChannel channel;

    public CriClient(Path socket) {
        this(socket, new Metadata());
    }

    /**
     * @param headers sent with every call, as {@code traceparent}
     */
    public CriClient(Path socket, Metadata headers) {
        this.channel =
                NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                        .channelType(EpollDomainSocketChannel.class)
                        .eventLoopGroup(loop)
                        .overrideAuthority("localhost")
                        .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                        .intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
                        .directExecutor()
                        .usePlaintext()
                        .build();
    }

    public RuntimeServiceBlockingStub runtime() {
        return runtime(DEADLINE);
    }

    /** The runtime service; the deadline runs from now, so ask for a new one per call. */
    public RuntimeServiceBlockingStub runtime(Duration deadline) {
        return RuntimeServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
    }

    public ImageServiceBlockingStub images() {
        return images(DEADLINE);
    }

    /** The image service; the deadline runs from now, so ask for a new one per call. */
    public ImageServiceBlockingStub images(Duration deadline) {
        return ImageServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Drops the wait that gRPC puts between two attempts to connect. */
    public void reconnectNow() {
        channel.resetConnectBackoff();
    }

    @Override
    public void close() {
        channel.shutdownNow();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
