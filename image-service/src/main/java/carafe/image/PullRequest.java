package carafe.image;

import java.time.Duration;
import java.util.Optional;

/**
 * One caller's wish for an image.
 *
 * @param ref as a user writes it: {@code busybox}, {@code host:5000/a/b:tag}, {@code …@sha256:…}
 * @param auth credentials for the registry, used for this call only
 * @param deadline how long this caller waits, above 0
 */
public record PullRequest(String ref, Optional<RegistryAuth> auth, Duration deadline) {
    public PullRequest {
        if (!deadline.isPositive()) {
            throw new IllegalArgumentException("deadline must be positive: " + deadline);
        }
    }
}
