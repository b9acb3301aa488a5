package carafe.rpc;

import carafe.image.Image;
import carafe.image.ImageService;
import carafe.proto.cri.ImageFilter;
import carafe.proto.cri.ListImagesRequest;
import carafe.proto.cri.ListImagesResponse;
import java.util.Comparator;
import java.util.List;

/** Lists images, or the one that the filter names. */
record ListImages(ImageService images) implements Rpc<ListImagesRequest, ListImagesResponse> {
    @Override
    public ListImagesResponse call(ListImagesRequest request, Call call) {
        ListImagesResponse.Builder answer = ListImagesResponse.newBuilder();
        matching(images, request.getFilter()).stream()
                .map(ImageMessages::image)
                .forEach(answer::addImages);
        return answer.build();
    }

    /** In order of their ids. */
    static List<Image> matching(ImageService images, ImageFilter filter) {
        String name = filter.getImage().getImage();
        List<Image> found = name.isEmpty() ? images.list() : images.find(name).stream().toList();
        return found.stream().sorted(Comparator.comparing(Image::id)).toList();
    }
}
