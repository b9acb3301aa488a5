package carafe.rpc;

import carafe.image.PullStatus;
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
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.stub.ClientCalls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What the {@code carafe} command asks a daemon that runs. Failures are gRPC's {@code
 * StatusRuntimeException}.
 */
public final class DaemonCalls {
    private static final Duration QUICK = Duration.ofSeconds(10);
    private static final Duration IMPORT = Duration.ofMinutes(30);
    private static final Duration VERIFY = Duration.ofHours(6);
    private static final int LARGEST = 16 << 20;
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

    /** What {@code carafe debug} with these words answers. */
    public static String debug(Channel channel, List<String> words) {
        return ClientCalls.blockingUnaryCall(
                        channel,
                        AdminService.DEBUG,
                        CallOptions.DEFAULT
                                .withDeadlineAfter(QUICK.toSeconds(), TimeUnit.SECONDS)
                                .withMaxInboundMessageSize(LARGEST),
                        AdminService.debugRequest(words))
                .getValue();
    }

    /**
     * How far a pull is.
     *
     * @param layers how many, by state in small letters
     * @param queuePosition 0 while it is worked on
     */
    public record PullStep(
            long bytes, long bytesDone, Map<String, Integer> layers, int queuePosition) {}

    /**
     * Pulls an image; its id.
     *
     * @param steps told a few times a second
     */
    public static String pullImage(Channel channel, String name, Consumer<PullStep> steps) {
        Iterator<Struct> answers =
                ClientCalls.blockingServerStreamingCall(
                        channel,
                        AdminService.PULL_IMAGE,
                        CallOptions.DEFAULT,
                        StringValue.of(name));
        String id = "";
        while (answers.hasNext()) {
            Struct answer = answers.next();
            if (answer.containsFields(PullProgress.ID)) {
                id = answer.getFieldsOrThrow(PullProgress.ID).getStringValue();
            } else {
                steps.accept(step(answer));
            }
        }
        return id;
    }

    private static PullStep step(Struct answer) {
        Map<String, Integer> layers = new LinkedHashMap<>();
        for (PullStatus.State state : PullStatus.State.values()) {
            String key = state.name().toLowerCase(Locale.ROOT);
            layers.put(key, (int) number(answer, key));
        }
        return new PullStep(
                number(answer, PullProgress.BYTES),
                number(answer, PullProgress.BYTES_DONE),
                layers,
                (int) number(answer, PullProgress.POSITION));
    }

    private static long number(Struct answer, String key) {
        return (long) answer.getFieldsOrDefault(key, Value.getDefaultInstance()).getNumberValue();
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
