package carafe.rpc;

import carafe.image.Image;
import carafe.image.ImageService;
import carafe.proto.cri.StreamImagesRequest;
import carafe.proto.cri.StreamImagesResponse;
import java.util.List;

/** Lists images, or the one that the filter names, in messages of bounded size. */
record StreamImages(ImageService images)
        implements StreamRpc<StreamImagesRequest, StreamImagesResponse> {
    private static final Batches<Image, carafe.proto.cri.Image, StreamImagesResponse> BATCHES =
            new Batches<>(ImageMessages::image, StreamImages::message);

    @Override
    public void call(StreamImagesRequest request, Call call, Outlet<StreamImagesResponse> out)
            throws InterruptedException {
        BATCHES.send(ListImages.matching(images, request.getFilter()), out);
    }

    private static StreamImagesResponse message(List<carafe.proto.cri.Image> items) {
        return StreamImagesResponse.newBuilder().addAllImages(items).build();
    }
}
