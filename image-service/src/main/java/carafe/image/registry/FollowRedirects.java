package carafe.image.registry;

import carafe.base.CarafeException;
import java.io.IOException;
import java.net.URI;

/**
 * Sends a GET and follows its redirects by hand: at most 5, never out of encryption, and without
 * credentials as soon as the origin changes. Thread-safe.
 */
final class FollowRedirects {
    private static final int MAX_REDIRECTS = 5;

    private final SendRequest sender;

    FollowRedirects(SendRequest sender) {
        this.sender = sender;
    }

    /**
     * @throws CarafeException.Denied when a redirect leads where none may
     */
    Answer send(Call call, Access access) throws IOException {
        Call next = call;
        for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
            Answer answer = sender.send(next, at(next, call, access));
            if (!isRedirect(answer.status())) {
                return answer;
            }
            answer.close();
            URI target = TargetPolicy.redirect(next.uri(), answer.header("Location"));
            next = next.at(target);
        }
        throw new CarafeException.Denied(
                "registry %s redirects more than %d times"
                        .formatted(Origin.of(call.uri()), MAX_REDIRECTS));
    }

    private static Access at(Call next, Call first, Access access) {
        boolean elsewhere = !Origin.of(next.uri()).equals(Origin.of(first.uri()));
        return elsewhere ? access.elsewhere() : access;
    }

    private static boolean isRedirect(int status) {
        return switch (status) {
            case 301, 302, 303, 307, 308 -> true;
            default -> false;
        };
    }
}
