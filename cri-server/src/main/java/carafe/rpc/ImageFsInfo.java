package carafe.rpc;

import carafe.image.ImageService;
import carafe.proto.cri.FilesystemUsage;
import carafe.proto.cri.ImageFsInfoRequest;
import carafe.proto.cri.ImageFsInfoResponse;
import java.time.InstantSource;

/** Tells what images and writable layers occupy; both are on one file system. */
record ImageFsInfo(ImageService images, InstantSource clock)
        implements Rpc<ImageFsInfoRequest, ImageFsInfoResponse> {
    @Override
    public ImageFsInfoResponse call(ImageFsInfoRequest request, Call call) {
        FilesystemUsage usage = ImageMessages.usage(images.usage(), clock.instant());
        return ImageFsInfoResponse.newBuilder()
                .addImageFilesystems(usage)
                .addContainerFilesystems(usage)
                .build();
    }
}
