package carafe.rpc;

import carafe.image.ImageService;
import carafe.proto.cri.RemoveImageRequest;
import carafe.proto.cri.RemoveImageResponse;

/** Removes an image with all its names; an absent one is success. */
record RemoveImage(ImageService images) implements Rpc<RemoveImageRequest, RemoveImageResponse> {
    @Override
    public RemoveImageResponse call(RemoveImageRequest request, Call call) {
        String name = Requests.imageName(request.getImage());
        call.note("image", name);
        images.remove(name);
        return RemoveImageResponse.getDefaultInstance();
    }
}
