package carafe.rpc;

import carafe.base.CarafeException;
import carafe.proto.cri.ImageSpec;

/** Checks that several requests share. */
final class Requests {
    private static final int MAX_IMAGE_NAME = 4096;

    private Requests() {}

    /**
     * The name in an image spec.
     *
     * @throws CarafeException.Invalid when there is none, or it is longer than any name can be
     */
    static String imageName(ImageSpec image) {
        String name = image.getImage();
        if (name.isBlank()) {
            throw new CarafeException.Invalid("the request names no image (image.image is empty)");
        }
        if (name.length() > MAX_IMAGE_NAME) {
            throw new CarafeException.Invalid(
                    "the image name has %d characters, at most %d are allowed"
                            .formatted(name.length(), MAX_IMAGE_NAME));
        }
        return name;
    }
}
