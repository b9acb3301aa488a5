package carafe.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.config.CarafeConfig;
import carafe.config.ConfigFiles;
import carafe.metrics.BuildInfo;
import carafe.metrics.Meters;
import carafe.proto.cri.ContainerEventResponse;
import carafe.proto.cri.ContainerEventType;
import carafe.proto.cri.GetEventsRequest;
import carafe.proto.cri.RuntimeServiceGrpc;
import carafe.proto.cri.StreamPodSandboxesRequest;
import carafe.proto.cri.StreamPodSandboxesResponse;
import carafe.rpc.CriServices;
import carafe.rpc.FakeImages;
import carafe.rpc.FakeRuntime;
import carafe.rpc.Readiness;
import carafe.rpc.Samples;
import carafe.runtime.api.RuntimeEvent;
import carafe.runtime.api.SandboxStatus;
import carafe.runtime.api.SandboxView;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams of answers over a real unix socket, with fakes below it. */
@Timeout(60)
class StreamsIT {
    private static final int MAX_ANSWER = 2 << 20;
    private static final Duration SOON = Duration.ofSeconds(30);

    private final FakeRuntime runtime = new FakeRuntime();
    private final Readiness readiness = new Readiness();
    private final Meters meters = new Meters(new BuildInfo("1.2.3", "abc", "25"));
    private final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

    @TempDir private Path dir;

    @SuppressWarnings("NullAway.Init") // start() runs before every test
    private CriServer server;

    @SuppressWarnings("NullAway.Init") // start() runs before every test
    private ManagedChannel channel;

    @BeforeEach
    void start() {
        CarafeConfig config =
                ConfigFiles.load(
                        Optional.empty(), Map.of("storage.state", dir.resolve("run").toString()));
        server =
                new CriServer(
                        config,
                        new CriServices(
                                        runtime,
                                        order -> URI.create("http://none/" + order.method()),
                                        new FakeImages("0"),
                                        new BuildInfo("1", "a", "25"),
                                        InstantSource.system())
                                .define(readiness, meters.rpc(), MAX_ANSWER, Map::of));
        server.start();
        readiness.open();
        channel =
                NettyChannelBuilder.forAddress(
                                new DomainSocketAddress(dir.resolve("run/carafe.sock").toFile()))
                        .channelType(EpollDomainSocketChannel.class)
                        .eventLoopGroup(loops)
                        .usePlaintext()
                        .build();
    }

    @AfterEach
    void stop() throws InterruptedException {
        channel.shutdownNow();
        channel.awaitTermination(5, TimeUnit.SECONDS);
        server.close();
        meters.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void aListThatIsTooLargeForOneMessageComesInSeveralAndEnds() {
        runtime.listed = 50_000;
        List<StreamPodSandboxesResponse> messages = new ArrayList<>();
        RuntimeServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(SOON.toSeconds(), TimeUnit.SECONDS)
                .streamPodSandboxes(StreamPodSandboxesRequest.getDefaultInstance())
                .forEachRemaining(messages::add);

        assertThat(messages).hasSizeGreaterThan(2);
        assertThat(messages)
                .allMatch(each -> each.getSerializedSize() <= 1 << 20)
                .allMatch(each -> each.getPodSandboxesCount() > 0);
        assertThat(
                        messages.stream()
                                .mapToInt(StreamPodSandboxesResponse::getPodSandboxesCount)
                                .sum())
                .isEqualTo(50_000);
    }

    @Test
    void aListThatNobodyReadsIsNotMadeAndEndsWithItsCaller() {
        runtime.listed = Integer.MAX_VALUE; // more than the memory holds
        Reader<StreamPodSandboxesResponse> idle =
                open(
                        RuntimeServiceGrpc.getStreamPodSandboxesMethod(),
                        StreamPodSandboxesRequest.getDefaultInstance());
        idle.call.request(1);
        await(() -> !idle.messages.isEmpty());
        assertThat(running()).isEqualTo("carafe_rpc_running 1.0");

        idle.call.cancel("enough", null);

        await(() -> running().equals("carafe_rpc_running 0.0"));
        assertThat(idle.messages).hasSize(1);
    }

    @Test
    void aSubscriberThatDoesNotReadIsDroppedAndTheOtherLosesNothing() throws Exception {
        Reader<ContainerEventResponse> slow = events();
        Reader<ContainerEventResponse> quick = events();
        slow.headers.get(SOON.toSeconds(), TimeUnit.SECONDS);
        quick.headers.get(SOON.toSeconds(), TimeUnit.SECONDS);
        quick.call.request(Integer.MAX_VALUE);
        int published = 0;
        while (runtime.events.subscribers() == 2) {
            runtime.events.publish(event(published++));
            ContainerEventResponse got = quick.messages.poll(SOON.toSeconds(), TimeUnit.SECONDS);
            assertThat(got).isNotNull();
            assertThat(got.getCreatedAt()).isEqualTo(published - 1);
        }

        slow.call.request(Integer.MAX_VALUE);
        Status end = slow.end.get(SOON.toSeconds(), TimeUnit.SECONDS);
        assertThat(end.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(end.getDescription()).contains("subscribe again");
        assertThat(slow.messages)
                .as("what it was sent has no hole")
                .extracting(ContainerEventResponse::getCreatedAt)
                .isSorted()
                .last()
                .isEqualTo((long) slow.messages.size() - 1);
        assertThat(quick.end).isNotDone();
    }

    @Test
    void anEventCarriesItsPodAndContainers() throws Exception {
        Reader<ContainerEventResponse> reader = events();
        reader.headers.get(SOON.toSeconds(), TimeUnit.SECONDS);
        reader.call.request(1);
        runtime.events.publish(event(77));

        ContainerEventResponse event = reader.messages.poll(SOON.toSeconds(), TimeUnit.SECONDS);
        assertThat(event).isNotNull();
        assertThat(event.getContainerId()).isEqualTo("c");
        assertThat(event.getContainerEventType())
                .isEqualTo(ContainerEventType.CONTAINER_STOPPED_EVENT);
        assertThat(event.getPodSandboxStatus().getId()).isEqualTo(Samples.POD);
        assertThat(event.getContainersStatusesList())
                .singleElement()
                .extracting(carafe.proto.cri.ContainerStatus::getId)
                .isEqualTo(Samples.CONTAINER);
    }

    @Test
    void whenCarafeStopsItsStreamsEndAtOnce() throws Exception {
        Reader<ContainerEventResponse> reader = events();
        reader.headers.get(SOON.toSeconds(), TimeUnit.SECONDS);

        readiness.stop();

        Status end = reader.end.get(SOON.toSeconds(), TimeUnit.SECONDS);
        assertThat(end.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(end.getDescription()).contains("Carafe is stopping");
        assertThat(runtime.events.subscribers()).isZero();
    }

    @Test
    void aCallerThatHangsUpIsForgotten() throws Exception {
        Reader<ContainerEventResponse> reader = events();
        reader.headers.get(SOON.toSeconds(), TimeUnit.SECONDS);
        assertThat(runtime.events.subscribers()).isEqualTo(1);

        reader.call.cancel("bye", null);

        await(() -> runtime.events.subscribers() == 0);
    }

    @Test
    void aStreamIsRefusedLikeAnyCall() {
        readiness.stop();
        assertThatThrownBy(() ->
                        RuntimeServiceGrpc.newBlockingStub(channel)
                                .streamPodSandboxes(StreamPodSandboxesRequest.getDefaultInstance())
                                .hasNext())
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("UNAVAILABLE");
    }

    private static RuntimeEvent event(long number) {
        SandboxStatus sample = Samples.sandboxStatus();
        SandboxView view = sample.view();
        SandboxStatus large =
                new SandboxStatus(
                        new SandboxView(
                                view.id(),
                                view.metadata(),
                                view.state(),
                                view.createdAtNanos(),
                                view.labels(),
                                Map.of("large", "x".repeat(50_000)),
                                view.runtimeHandler()),
                        sample.addresses(),
                        sample.namespaces(),
                        sample.holder(),
                        sample.cgroupParent(),
                        sample.overhead(),
                        sample.resources(),
                        List.of(Samples.containerStatus()));
        return new RuntimeEvent(RuntimeEvent.Kind.STOPPED, "c", Samples.POD, large, number);
    }

    private Reader<ContainerEventResponse> events() {
        return open(
                RuntimeServiceGrpc.getGetContainerEventsMethod(),
                GetEventsRequest.getDefaultInstance());
    }

    private <Q, R> Reader<R> open(MethodDescriptor<Q, R> method, Q request) {
        ClientCall<Q, R> call = channel.newCall(method, CallOptions.DEFAULT);
        Reader<R> reader = new Reader<>(call);
        call.start(reader, new Metadata());
        call.sendMessage(request);
        call.halfClose();
        return reader;
    }

    private String running() {
        return meters.scrape()
                .lines()
                .filter(line -> line.startsWith("carafe_rpc_running"))
                .findFirst()
                .orElse("");
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + SOON.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** A caller that reads only what it asks for. */
    private static final class Reader<R> extends ClientCall.Listener<R> {
        final ClientCall<?, R> call;
        final CompletableFuture<Boolean> headers = new CompletableFuture<>();
        final CompletableFuture<Status> end = new CompletableFuture<>();
        final BlockingQueue<R> messages = new LinkedBlockingQueue<>();

        Reader(ClientCall<?, R> call) {
            this.call = call;
        }

        @Override
        public void onHeaders(Metadata got) {
            headers.complete(true);
        }

        @Override
        public void onMessage(R message) {
            messages.add(message);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            end.complete(status);
        }
    }
}
