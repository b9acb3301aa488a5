package carafe.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.config.CarafeConfig;
import carafe.config.ConfigFiles;
import carafe.metrics.BuildInfo;
import carafe.metrics.Meters;
import carafe.proto.cri.AuthConfig;
import carafe.proto.cri.CheckpointPodRequest;
import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.ContainerMetadata;
import carafe.proto.cri.ContainerStatusRequest;
import carafe.proto.cri.ContainerStatusResponse;
import carafe.proto.cri.CreateContainerRequest;
import carafe.proto.cri.ExecSyncRequest;
import carafe.proto.cri.ExecSyncResponse;
import carafe.proto.cri.ImageFilter;
import carafe.proto.cri.ImageServiceGrpc;
import carafe.proto.cri.ImageSpec;
import carafe.proto.cri.ImageStatusRequest;
import carafe.proto.cri.ListImagesRequest;
import carafe.proto.cri.ListPodSandboxRequest;
import carafe.proto.cri.NetworkConfig;
import carafe.proto.cri.PodSandboxStatusRequest;
import carafe.proto.cri.PullImageRequest;
import carafe.proto.cri.RunPodSandboxRequest;
import carafe.proto.cri.RuntimeConfig;
import carafe.proto.cri.RuntimeServiceGrpc;
import carafe.proto.cri.StartContainerRequest;
import carafe.proto.cri.StatusRequest;
import carafe.proto.cri.StatusResponse;
import carafe.proto.cri.StopContainerRequest;
import carafe.proto.cri.UpdateRuntimeConfigRequest;
import carafe.proto.cri.VersionRequest;
import carafe.rpc.CriServices;
import carafe.rpc.FakeImages;
import carafe.rpc.FakeRuntime;
import carafe.rpc.PodRehearsal;
import carafe.rpc.Readiness;
import carafe.rpc.Samples;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole gRPC side over a real unix socket, with fakes below it. */
class CriServerIT {
    private static final BuildInfo BUILD = new BuildInfo("1.2.3", "abc", "25");

    private final FakeRuntime runtime = new FakeRuntime();
    private final FakeImages images = new FakeImages("1000");
    private final Readiness readiness = new Readiness();
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
        CarafeConfig config =
                ConfigFiles.load(
                        Optional.empty(), Map.of("storage.state", dir.resolve("run").toString()));
        server =
                new CriServer(
                        config,
                        new CriServices(
                                        runtime,
                                        order -> URI.create("http://none/" + order.method()),
                                        images,
                                        BUILD,
                                        InstantSource.system())
                                .define(
                                        readiness,
                                        meters.rpc(),
                                        1 << 20,
                                        () -> Map.of("stateDir", "/run/x")));
        server.start();
        readiness.open();
        channel =
                NettyChannelBuilder.forAddress(new DomainSocketAddress(socket().toFile()))
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
        assertThat(socket()).doesNotExist();
    }

    @Test
    void theSocketIsForRootAndItsGroupOnly() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
                .isEqualTo("rw-rw----");
        assertThat(dir.resolve("run/.new")).doesNotExist();
    }

    @Test
    void saysWhoItIs() {
        assertThat(runtimeStub().version(VersionRequest.getDefaultInstance()))
                .satisfies(v -> {
                    assertThat(v.getVersion()).isEqualTo("0.1.0");
                    assertThat(v.getRuntimeName()).isEqualTo("carafe");
                    assertThat(v.getRuntimeVersion()).isEqualTo("1.2.3");
                    assertThat(v.getRuntimeApiVersion()).isEqualTo("v1");
                });
    }

    @Test
    void statusCarriesConditionsTheDefaultHandlerAndTheConfig() {
        runtimeStub()
                .updateRuntimeConfig(
                        UpdateRuntimeConfigRequest.newBuilder()
                                .setRuntimeConfig(
                                        RuntimeConfig.newBuilder()
                                                .setNetworkConfig(
                                                        NetworkConfig.newBuilder()
                                                                .setPodCidr("10.0.0.0/24")))
                                .build());
        StatusResponse status =
                runtimeStub().status(StatusRequest.newBuilder().setVerbose(true).build());
        assertThat(status.getStatus().getConditionsList())
                .extracting(c -> c.getType() + "=" + c.getStatus() + " " + c.getReason())
                .containsExactly("RuntimeReady=true ", "NetworkReady=false NoNetwork");
        assertThat(status.getRuntimeHandlers(0).getName()).isEmpty();
        assertThat(status.getInfoOrThrow("config"))
                .contains("\"stateDir\":\"/run/x\"")
                .contains("\"podCidr\":\"10.0.0.0/24\"");
    }

    @Test
    void aPodsAndAContainersLifeReachTheRuntime() {
        assertThat(runtimeStub().runPodSandbox(pod("web")).getPodSandboxId())
                .isEqualTo(Samples.POD);
        String container =
                runtimeStub()
                        .withDeadlineAfter(10, TimeUnit.MINUTES)
                        .createContainer(
                                CreateContainerRequest.newBuilder()
                                        .setPodSandboxId(Samples.POD)
                                        .setConfig(
                                                ContainerConfig.newBuilder()
                                                        .setMetadata(
                                                                ContainerMetadata.newBuilder()
                                                                        .setName("main"))
                                                        .setImage(image("busybox")))
                                        .build())
                        .getContainerId();
        runtimeStub()
                .stopContainer(
                        StopContainerRequest.newBuilder()
                                .setContainerId(container)
                                .setTimeout(30)
                                .build());
        assertThat(runtime.asked)
                .containsExactly("run web", "create main for 9", "stop " + container + " PT30S");
    }

    @Test
    void verboseStatusIsWhatCrictlInspectPrints() {
        ContainerStatusResponse container =
                runtimeStub()
                        .containerStatus(
                                ContainerStatusRequest.newBuilder()
                                        .setContainerId(Samples.CONTAINER)
                                        .setVerbose(true)
                                        .build());
        assertThat(container.getInfoOrThrow("info"))
                .contains("\"pid\":4711")
                .contains("\"sandboxID\":\"" + Samples.POD + "\"")
                .contains("\"runtimeSpec\":{\"ociVersion\":\"1.2.0\"");
        assertThat(
                        runtimeStub()
                                .podSandboxStatus(
                                        PodSandboxStatusRequest.newBuilder()
                                                .setPodSandboxId(Samples.POD)
                                                .setVerbose(true)
                                                .build())
                                .getInfoOrThrow("info"))
                .contains("\"pid\":4242");
    }

    @Test
    void execAnswersOutputAndCode() {
        ExecSyncResponse answer = runtimeStub().execSync(exec("echo", "hi"));
        assertThat(answer.getStdout().toStringUtf8()).isEqualTo("ran echo");
        assertThat(answer.getExitCode()).isEqualTo(7);
    }

    @Test
    void failuresGetTheirCodeAndText() {
        assertFails(
                () ->
                        runtimeStub()
                                .startContainer(
                                        StartContainerRequest.newBuilder()
                                                .setContainerId("abc")
                                                .build()),
                Status.Code.NOT_FOUND,
                "no object abc");
        assertFails(
                () -> runtimeStub().runPodSandbox(pod("../../x")),
                Status.Code.INVALID_ARGUMENT,
                "metadata.name");
        assertFails(
                () -> runtimeStub().checkpointPod(CheckpointPodRequest.getDefaultInstance()),
                Status.Code.UNIMPLEMENTED,
                "CheckpointPod is not implemented yet; a checkpoint");
        assertFails(
                () -> runtimeStub().execSync(exec("defect")),
                Status.Code.INTERNAL,
                "defect in ExecSync: IllegalStateException: a defect with password=[redacted]");
    }

    @Test
    void beforeRecoveryIsDoneOnlyVersionAndStatusAreAnswered() {
        readiness.stop();
        assertThat(runtimeStub().version(VersionRequest.getDefaultInstance()).getRuntimeName())
                .isEqualTo("carafe");
        assertFails(
                () -> runtimeStub().runPodSandbox(pod("web")),
                Status.Code.UNAVAILABLE,
                "Carafe is stopping");
    }

    @Test
    void anAnswerOverTheLimitIsAnErrorThatSaysSo() {
        runtime.listed = 10_000;
        assertFails(
                () -> runtimeStub().listPodSandbox(ListPodSandboxRequest.getDefaultInstance()),
                Status.Code.RESOURCE_EXHAUSTED,
                "larger than the limit of 1048576; use a filter");
    }

    @Test
    void aRequestOfNearly16MiBIsRead() {
        String big = "x".repeat((16 << 20) - 1024);
        assertThat(runtimeStub().execSync(exec("true", big)).getExitCode()).isEqualTo(7);
        assertFails(
                () -> runtimeStub().execSync(exec("true", big + big)),
                Status.Code.RESOURCE_EXHAUSTED,
                "gRPC message exceeds maximum size 16777216");
    }

    @Test
    void imagesAreListedFoundAndPulled() {
        assertThat(imageStub().listImages(ListImagesRequest.getDefaultInstance()).getImages(0))
                .satisfies(i -> {
                    assertThat(i.getId()).isEqualTo(FakeImages.ID);
                    assertThat(i.getUid().getValue()).isEqualTo(1000);
                    assertThat(i.getPinned()).isTrue();
                });
        assertThat(
                        imageStub()
                                .listImages(
                                        ListImagesRequest.newBuilder()
                                                .setFilter(
                                                        ImageFilter.newBuilder()
                                                                .setImage(image("absent")))
                                                .build())
                                .getImagesCount())
                .isZero();
        assertThat(
                        imageStub()
                                .imageStatus(
                                        ImageStatusRequest.newBuilder()
                                                .setImage(image("absent"))
                                                .build())
                                .hasImage())
                .isFalse();
        assertThat(
                        imageStub()
                                .imageStatus(
                                        ImageStatusRequest.newBuilder()
                                                .setImage(image("busybox"))
                                                .setVerbose(true)
                                                .build())
                                .getInfoOrThrow("info"))
                .contains("\"imageSpec\":{\"architecture\":\"amd64\"");
        PullImageRequest pull =
                PullImageRequest.newBuilder()
                        .setImage(image("busybox"))
                        .setAuth(AuthConfig.newBuilder().setUsername("u").setPassword("p"))
                        .build();
        assertThat(imageStub().pullImage(pull).getImageRef()).isEqualTo(FakeImages.ID);
    }

    @Test
    void aPullWhoseCallerIsGoneIsInterrupted() throws InterruptedException {
        PullImageRequest pull = PullImageRequest.newBuilder().setImage(image("slow")).build();
        assertFails(
                () -> imageStub().withDeadlineAfter(300, TimeUnit.MILLISECONDS).pullImage(pull),
                Status.Code.DEADLINE_EXCEEDED,
                "");
        assertThat(images.interrupted.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void everyCallIsMeasured() throws InterruptedException {
        runtimeStub().version(VersionRequest.getDefaultInstance());
        assertFails(
                () -> runtimeStub().checkpointPod(CheckpointPodRequest.getDefaultInstance()),
                Status.Code.UNIMPLEMENTED,
                "");
        channel.shutdown();
        server.close(); // the meter is told after the answer
        assertThat(meters.scrape())
                .contains("carafe_rpc_seconds_count{code=\"OK\",method=\"Version\"} 1")
                .contains(
                        "carafe_rpc_seconds_count{code=\"UNIMPLEMENTED\",method=\"CheckpointPod\"} 1");
    }

    @Test
    void aCallersTraceIsAnExemplar() throws InterruptedException {
        Metadata headers = new Metadata();
        headers.put(
                Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER),
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        runtimeStub()
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .version(VersionRequest.getDefaultInstance());
        channel.shutdown();
        server.close(); // the meter is told after the answer
        String text =
                new String(
                        meters.scrape("application/openmetrics-text;version=1.0.0").body(),
                        StandardCharsets.UTF_8);
        assertThat(text).contains("trace_id=\"0af7651916cd43dd8448eb211c80319c\"");
    }

    private Path socket() {
        return dir.resolve("run/carafe.sock");
    }

    private RuntimeServiceGrpc.RuntimeServiceBlockingStub runtimeStub() {
        return RuntimeServiceGrpc.newBlockingStub(channel);
    }

    private ImageServiceGrpc.ImageServiceBlockingStub imageStub() {
        return ImageServiceGrpc.newBlockingStub(channel);
    }

    private static void assertFails(Runnable call, Status.Code code, String text) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(code))
                .hasMessageContaining(text);
    }

    @Test
    void aRehearsalPlaysTheWholeLifeOfAPodAndLeavesNothing() {
        new PodRehearsal(channel, "busybox", List.of("true"), dir).play();

        assertThat(runtime.asked)
                .containsExactly(
                        "run rehearsal-1",
                        "create c for 0",
                        "start " + Samples.CONTAINER,
                        "reopen " + Samples.CONTAINER,
                        "stop " + Samples.CONTAINER + " PT5S",
                        "stopPod " + Samples.POD,
                        "remove " + Samples.CONTAINER,
                        "removePod " + Samples.POD);
    }

    private static RunPodSandboxRequest pod(String name) {
        RunPodSandboxRequest.Builder request = RunPodSandboxRequest.newBuilder();
        request.getConfigBuilder().getMetadataBuilder().setName(name);
        return request.build();
    }

    private static ExecSyncRequest exec(String... command) {
        ExecSyncRequest.Builder request =
                ExecSyncRequest.newBuilder().setContainerId(Samples.CONTAINER);
        for (String word : command) {
            request.addCmd(word);
        }
        return request.build();
    }

    private static ImageSpec image(String name) {
        return ImageSpec.newBuilder().setImage(name).build();
    }
}
