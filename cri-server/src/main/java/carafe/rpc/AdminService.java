package carafe.rpc;

import carafe.base.CarafeException;
import carafe.image.Image;
import carafe.image.ImageService;
import com.google.protobuf.ListValue;
import com.google.protobuf.StringValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoUtils;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the {@code carafe} command asks a running daemon beyond the CRI. On the same socket, so for
 * the same callers.
 */
final class AdminService {
    private static final String NAME = "carafe.v1.Admin";

    /** Imports an archive: path on this machine, and optionally a name; answers the image's id. */
    static final MethodDescriptor<ListValue, StringValue> IMPORT_IMAGE =
            MethodDescriptor.<ListValue, StringValue>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName(MethodDescriptor.generateFullMethodName(NAME, "ImportImage"))
                    .setRequestMarshaller(ProtoUtils.marshaller(ListValue.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
                    .build();

    /** Pulls an image: its name; answers how far it is, and at last its id. */
    static final MethodDescriptor<StringValue, Struct> PULL_IMAGE =
            MethodDescriptor.<StringValue, Struct>newBuilder()
                    .setType(MethodDescriptor.MethodType.SERVER_STREAMING)
                    .setFullMethodName(MethodDescriptor.generateFullMethodName(NAME, "PullImage"))
                    .setRequestMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(Struct.getDefaultInstance()))
                    .build();

    /** Reads an image, or all when the name is empty, again from the disk. */
    static final MethodDescriptor<StringValue, Struct> VERIFY_IMAGES =
            MethodDescriptor.<StringValue, Struct>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName(
                            MethodDescriptor.generateFullMethodName(NAME, "VerifyImages"))
                    .setRequestMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(Struct.getDefaultInstance()))
                    .build();

    /** Answers {@link Debug}: what, and of which. */
    static final MethodDescriptor<ListValue, StringValue> DEBUG =
            MethodDescriptor.<ListValue, StringValue>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName(MethodDescriptor.generateFullMethodName(NAME, "Debug"))
                    .setRequestMarshaller(ProtoUtils.marshaller(ListValue.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
                    .build();

    private AdminService() {}

    /** The request of {@link #IMPORT_IMAGE}. */
    static ListValue importRequest(Path archive, Optional<String> name) {
        ListValue.Builder request = ListValue.newBuilder().addValues(text(archive.toString()));
        name.ifPresent(n -> request.addValues(text(n)));
        return request.build();
    }

    /** The request of {@link #DEBUG}. */
    static ListValue debugRequest(List<String> words) {
        ListValue.Builder request = ListValue.newBuilder();
        words.forEach(word -> request.addValues(text(word)));
        return request.build();
    }

    static ServerServiceDefinition define(
            RpcAdapter adapter, ImageService images, DebugView debug) {
        return Services.define(
                ServiceDescriptor.newBuilder(NAME)
                        .addMethod(IMPORT_IMAGE)
                        .addMethod(PULL_IMAGE)
                        .addMethod(VERIFY_IMAGES)
                        .addMethod(DEBUG)
                        .build(),
                adapter,
                List.of(
                        Route.serve(IMPORT_IMAGE, new ImportImage(images)),
                        new StreamRoute<>(PULL_IMAGE, new PullProgress(images)),
                        Route.serve(VERIFY_IMAGES, new VerifyImages(images)),
                        Route.always(DEBUG, new Debug(debug))),
                Map.of());
    }

    private static Value.Builder text(String text) {
        return Value.newBuilder().setStringValue(text);
    }

    private record ImportImage(ImageService images) implements Rpc<ListValue, StringValue> {
        @Override
        public StringValue call(ListValue request, Call call) {
            if (request.getValuesCount() == 0) {
                throw new CarafeException.Invalid("the request names no archive");
            }
            Path archive =
                    Path.of(
                            Requests.absolutePath(
                                    "archive", request.getValues(0).getStringValue()));
            call.note("archive", archive);
            Optional<String> name =
                    request.getValuesCount() > 1
                            ? Optional.of(request.getValues(1).getStringValue())
                            : Optional.empty();
            Image image = images.importFrom(archive, name);
            call.note("image", image.id());
            return StringValue.of(image.id());
        }
    }
}
