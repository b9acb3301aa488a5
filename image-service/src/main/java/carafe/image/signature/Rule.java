package carafe.image.signature;

import java.nio.file.Path;
import java.util.List;

/** What the policy says of a name. Its prefix is for messages. */
sealed interface Rule {
    /** The name of the prefix that it was written for; "default" for the rest. */
    String prefix();

    /** Everything of this name may be used. */
    record Accept(String prefix) implements Rule {}

    /** Nothing may. */
    record Reject(String prefix) implements Rule {}

    /**
     * What one of the keys has signed may.
     *
     * @param keys PEM files, at least one; any of them will do
     */
    record Signed(String prefix, List<Path> keys, Identity identity) implements Rule {
        public Signed {
            keys = List.copyOf(keys);
        }
    }

    /** Whose image a signature's payload must say that it is. */
    enum Identity {
        /** Its digest only: the image may have been signed under another name and copied. */
        ANY,
        /** The same registry and repository too. */
        REPOSITORY
    }
}
