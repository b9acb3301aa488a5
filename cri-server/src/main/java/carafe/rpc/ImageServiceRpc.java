package carafe.rpc;

import carafe.image.ImageService;
import carafe.proto.cri.ImageServiceGrpc;
import io.grpc.ServerServiceDefinition;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** The CRI's ImageService: which class answers which RPC. */
final class ImageServiceRpc {
    private ImageServiceRpc() {}

    static ServerServiceDefinition define(
            RpcAdapter adapter, ImageService images, InstantSource clock) {
        return Services.define(
                ImageServiceGrpc.getServiceDescriptor(),
                adapter,
                List.of(
                        Route.read(ImageServiceGrpc.getListImagesMethod(), new ListImages(images)),
                        new StreamRoute<>(
                                ImageServiceGrpc.getStreamImagesMethod(), new StreamImages(images)),
                        Route.read(
                                ImageServiceGrpc.getImageStatusMethod(), new ImageStatus(images)),
                        Route.serve(ImageServiceGrpc.getPullImageMethod(), new PullImage(images)),
                        Route.change(
                                ImageServiceGrpc.getRemoveImageMethod(), new RemoveImage(images)),
                        Route.read(
                                ImageServiceGrpc.getImageFsInfoMethod(),
                                new ImageFsInfo(images, clock))),
                Map.of());
    }
}
