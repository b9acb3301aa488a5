package carafe.server;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.config.ConfigFiles;
import carafe.metrics.BuildInfo;
import carafe.metrics.Meters;
import carafe.proto.cri.ContainerStatusRequest;
import carafe.proto.cri.ContainerStatusResponse;
import carafe.proto.cri.ListContainersRequest;
import carafe.proto.cri.RuntimeServiceGrpc;
import carafe.rpc.CriServices;
import carafe.rpc.FakeImages;
import carafe.rpc.FakeRuntime;
import carafe.rpc.Readiness;
import carafe.rpc.Samples;
import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Calls that are answered on the thread that reads a connection, and one beside them that waits.
 */
class LookIT {
    private static final BuildInfo BUILD = new BuildInfo("1", "r", "25");

    private final FakeRuntime runtime = new FakeRuntime();
    private final Meters meters = new Meters(BUILD);
    private final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

    @TempDir private Path dir;

    @SuppressWarnings("NullAway.Init") // start() runs before every test
    private CriServer server;

    @SuppressWarnings("NullAway.Init") // start() runs before every test
    private ManagedChannel channel;

    @BeforeEach
    void start() {
        Readiness readiness = new Readiness();
        server =
                new CriServer(
                        ConfigFiles.load(Optional.empty(), Map.of("storage.state", dir.toString())),
                        new CriServices(
                                        runtime,
                                        order -> URI.create("http://none/" + order.method()),
                                        new FakeImages("0"),
                                        BUILD,
                                        InstantSource.system())
                                .define(readiness, meters.rpc(), 1 << 20, Map::of));
        server.start();
        readiness.open();
        channel =
                NettyChannelBuilder.forAddress(
                                new DomainSocketAddress(dir.resolve("carafe.sock").toFile()))
                        .channelType(EpollDomainSocketChannel.class)
                        .eventLoopGroup(loops)
                        .usePlaintext()
                        .build();
    }

    @AfterEach
    void stop() throws InterruptedException {
        runtime.disk.countDown();
        channel.shutdownNow();
        channel.awaitTermination(5, TimeUnit.SECONDS);
        server.close();
        meters.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void detailsThatWaitForADiskHoldUpNoListOfTheSameConnection() throws Exception {
        runtime.disk = new CountDownLatch(1);
        ListenableFuture<ContainerStatusResponse> details =
                RuntimeServiceGrpc.newFutureStub(channel)
                        .containerStatus(
                                ContainerStatusRequest.newBuilder()
                                        .setContainerId(Samples.CONTAINER)
                                        .setVerbose(true)
                                        .build());
        RuntimeServiceGrpc.RuntimeServiceBlockingStub calls =
                RuntimeServiceGrpc.newBlockingStub(channel).withDeadlineAfter(5, TimeUnit.SECONDS);
        assertThat(
                        calls.listContainers(ListContainersRequest.getDefaultInstance())
                                .getContainersList())
                .hasSize(1);
        ContainerStatusRequest brief =
                ContainerStatusRequest.newBuilder().setContainerId(Samples.CONTAINER).build();
        assertThat(calls.containerStatus(brief).getInfoMap()).isEmpty();
        assertThat(details.isDone()).isFalse();
        runtime.disk.countDown();
        assertThat(details.get(5, TimeUnit.SECONDS).getInfoMap()).isNotEmpty();
    }
}
