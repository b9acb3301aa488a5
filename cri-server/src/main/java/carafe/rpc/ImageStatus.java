package carafe.rpc;

import carafe.image.Image;
import carafe.image.ImageService;
import carafe.proto.cri.ImageStatusRequest;
import carafe.proto.cri.ImageStatusResponse;
import java.util.Map;
import java.util.Optional;

/** Tells about one image; an absent one is an empty answer, not an error. */
record ImageStatus(ImageService images) implements Rpc<ImageStatusRequest, ImageStatusResponse> {
    @Override
    public ImageStatusResponse call(ImageStatusRequest request, Call call) {
        String name = Requests.imageName(request.getImage());
        call.note("image", name);
        ImageStatusResponse.Builder answer = ImageStatusResponse.newBuilder();
        Optional<Image> found = images.find(name);
        if (found.isEmpty()) {
            return answer.build();
        }
        answer.setImage(ImageMessages.image(found.get()));
        if (request.getVerbose()) {
            answer.putInfo("info", info(found.get()));
        }
        return answer.build();
    }

    private String info(Image image) {
        return Json.write(
                Map.of(
                        "chainIds", image.chainIds(),
                        "imageSpec", Json.embed(images.configJson(image.id()))));
    }
}
