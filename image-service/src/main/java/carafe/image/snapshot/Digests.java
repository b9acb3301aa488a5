package carafe.image.snapshot;

import carafe.base.CarafeException;
import java.util.regex.Pattern;

/** The one digest form that names layers. */
public final class Digests {
    private static final Pattern SHA256 = Pattern.compile("sha256:[0-9a-f]{64}");

    private Digests() {}

    /**
     * @return the digest
     * @throws CarafeException.Invalid when it is no SHA-256 digest in lower case
     */
    public static String checked(String what, String digest) {
        if (!SHA256.matcher(digest).matches()) {
            throw new CarafeException.Invalid(
                    "%s: \"%s\" is not sha256: and 64 lower-case hex digits"
                            .formatted(what, shortened(digest)));
        }
        return digest;
    }

    private static String shortened(String text) {
        return text.length() <= 100 ? text : text.substring(0, 100) + "…";
    }
}
