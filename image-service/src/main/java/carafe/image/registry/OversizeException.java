package carafe.image.registry;

import java.io.IOException;

/** A peer sent more than it may; asking again would not help. */
final class OversizeException extends IOException {
    private static final long serialVersionUID = 1L;

    OversizeException(long maxBytes) {
        super("the answer is longer than %d bytes".formatted(maxBytes));
    }
}
