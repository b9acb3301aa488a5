package carafe.rpc;

import carafe.image.Image;
import carafe.image.ImageService;
import carafe.proto.cri.ListImagesRequest;
import carafe.proto.cri.ListImagesResponse;
import java.util.Comparator;
import java.util.List;

/** Lists images, or the one that the filter names. */
record ListImages(ImageService images) implements Rpc<ListImagesRequest, ListImagesResponse> {
    @Override
    public ListImagesResponse call(ListImagesRequest request, Call call) {
        String name = request.getFilter().getImage().getImage();
        List<Image> found = name.isEmpty() ? images.list() : images.find(name).stream().toList();
        ListImagesResponse.Builder answer = ListImagesResponse.newBuilder();
        found.stream()
                .sorted(Comparator.comparing(Image::id))
                .map(ImageMessages::image)
                .forEach(answer::addImages);
        return answer.build();
    }
}
