package carafe.rpc;

import carafe.base.CarafeException;
import carafe.image.Image;
import carafe.image.ImageService;
import carafe.image.PullRequest;
import carafe.proto.cri.PullImageRequest;
import carafe.proto.cri.PullImageResponse;
import java.time.Duration;

/** Pulls an image; answers its id. Credentials are used for this call and kept nowhere. */
record PullImage(ImageService images) implements Rpc<PullImageRequest, PullImageResponse> {
    /** For callers without a deadline of their own. */
    private static final Duration LONGEST = Duration.ofHours(2);

    @Override
    public PullImageResponse call(PullImageRequest request, Call call) {
        String name = Requests.imageName(request.getImage());
        call.note("image", name);
        Duration left = call.remaining();
        Duration deadline = left.compareTo(LONGEST) < 0 ? left : LONGEST;
        if (!deadline.isPositive()) {
            throw new CarafeException.Deadline("pull %s: no time is left".formatted(name));
        }
        Image image =
                images.pull(new PullRequest(name, ImageMessages.auth(request.getAuth()), deadline));
        call.note("id", image.id());
        return PullImageResponse.newBuilder().setImageRef(image.id()).build();
    }
}
