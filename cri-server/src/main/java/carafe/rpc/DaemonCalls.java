package carafe.rpc;

import carafe.image.Verification;
import carafe.proto.cri.ExecSyncRequest;
import carafe.proto.cri.ImageServiceGrpc;
import carafe.proto.cri.ImageSpec;
import carafe.proto.cri.ImageStatusRequest;
import carafe.proto.cri.ListContainersRequest;
import carafe.proto.cri.ListImagesRequest;
import carafe.proto.cri.ListPodSandboxRequest;
import carafe.proto.cri.RemoveImageRequest;
import carafe.proto.cri.RuntimeServiceGrpc;
import carafe.proto.cri.StatusRequest;
import carafe.proto.cri.VersionRequest;
import com.google.protobuf.StringValue;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.stub.ClientCalls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What the {@code carafe} command asks a daemon that runs. Failures are gRPC's {@code
 * StatusRuntimeException}.
 */
public final class DaemonCalls {
    private static final Duration QUICK = Duration.ofSeconds(10);
    private static final Duration IMPORT = Duration.ofMinutes(30);
    private static final Duration VERIFY = Duration.ofHours(6);
    private static final Duration REMOVE = Duration.ofMinutes(2);

    private DaemonCalls() {}

    /**
     * An image in a list.
     *
     * @param names tags, or digest references when there are none
     */
    public record ImageRow(String id, List<String> names, long sizeBytes) {}

    /** Imports an archive of this machine; the image's id. */
    public static String importImage(Channel channel, Path archive, Optional<String> name) {
        return ClientCalls.blockingUnaryCall(
                        channel,
                        AdminService.IMPORT_IMAGE,
                        CallOptions.DEFAULT.withDeadlineAfter(IMPORT.toSeconds(), TimeUnit.SECONDS),
                        AdminService.importRequest(archive, name))
                .getValue();
    }

    /**
     * Has an image read again from the disk and compared with what was pulled.
     *
     * @param name empty for all images
     */
    public static Verification verifyImages(Channel channel, String name) {
        return VerifyImages.read(
                ClientCalls.blockingUnaryCall(
                        channel,
                        AdminService.VERIFY_IMAGES,
                        CallOptions.DEFAULT.withDeadlineAfter(VERIFY.toSeconds(), TimeUnit.SECONDS),
                        StringValue.of(name)));
    }

    /** Removes an image with all its names; whether there was one. */
    public static boolean removeImage(Channel channel, String name) {
        ImageServiceGrpc.ImageServiceBlockingStub images =
                ImageServiceGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(REMOVE.toSeconds(), TimeUnit.SECONDS);
        ImageSpec spec = ImageSpec.newBuilder().setImage(name).build();
        boolean present =
                images.imageStatus(ImageStatusRequest.newBuilder().setImage(spec).build())
                        .hasImage();
        images.removeImage(RemoveImageRequest.newBuilder().setImage(spec).build());
        return present;
    }

    /** All images. */
    public static List<ImageRow> listImages(Channel channel) {
        return ImageServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(QUICK.toSeconds(), TimeUnit.SECONDS)
                .listImages(ListImagesRequest.getDefaultInstance())
                .getImagesList()
                .stream()
                .map(i ->
                        new ImageRow(
                                i.getId(),
                                i.getRepoTagsCount() > 0
                                        ? i.getRepoTagsList()
                                        : i.getRepoDigestsList(),
                                i.getSize()))
                .toList();
    }

    /** Asks what kubelet asks all the time, so that a training run of the JVM sees it. */
    public static void askAround(Channel channel) {
        RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime = runtime(channel);
        runtime.version(VersionRequest.getDefaultInstance());
        runtime.status(StatusRequest.newBuilder().setVerbose(true).build());
        runtime.listPodSandbox(ListPodSandboxRequest.getDefaultInstance());
        runtime.listContainers(ListContainersRequest.getDefaultInstance());
        listImages(channel);
    }

    /** Runs a command in a container, as kubelet's exec probes do; its exit code. */
    public static int probe(Channel channel, String container, List<String> command) {
        return runtime(channel)
                .execSync(
                        ExecSyncRequest.newBuilder()
                                .setContainerId(container)
                                .addAllCmd(command)
                                .setTimeout(QUICK.toSeconds())
                                .build())
                .getExitCode();
    }

    private static RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime(Channel channel) {
        return RuntimeServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(QUICK.toSeconds(), TimeUnit.SECONDS);
    }
}
