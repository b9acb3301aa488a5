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
    Answer send(Call call, Trust trust) throws IOException {
        Call next = call;
        for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
            Answer answer = sender.send(next, trustAt(next, call, trust));
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

    /** Trust without any check was configured for one host, not for where it points. */
    private static Trust trustAt(Call next, Call first, Trust trust) {
        boolean elsewhere = !Origin.of(next.uri()).equals(Origin.of(first.uri()));
        return elsewhere && trust instanceof Trust.Anybody ? new Trust.Machine() : trust;
    }

    private static boolean isRedirect(int status) {
        return switch (status) {
            case 301, 302, 303, 307, 308 -> true;
            default -> false;
        };
    }
}
