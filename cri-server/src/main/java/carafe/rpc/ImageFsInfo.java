package carafe.rpc;

import carafe.image.ImageService;
import carafe.image.StoreUsage;
import carafe.proto.cri.ImageFsInfoRequest;
import carafe.proto.cri.ImageFsInfoResponse;
import java.time.Instant;
import java.time.InstantSource;

/** Tells what images occupy, and what containers have written on top of them. */
record ImageFsInfo(ImageService images, InstantSource clock)
        implements Rpc<ImageFsInfoRequest, ImageFsInfoResponse> {
    @Override
    public ImageFsInfoResponse call(ImageFsInfoRequest request, Call call) {
        StoreUsage usage = images.usage();
        Instant now = clock.instant();
        return ImageFsInfoResponse.newBuilder()
                .addImageFilesystems(ImageMessages.usage(usage.images(), now))
                .addContainerFilesystems(ImageMessages.usage(usage.containers(), now))
                .build();
    }
}
