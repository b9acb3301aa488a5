package carafe.image.registry;

import java.nio.file.Path;
import java.util.List;

/** Whose certificates a TLS connection accepts. */
public sealed interface Trust {
    /** What this machine trusts. */
    record Machine() implements Trust {}

    /**
     * What this machine trusts, and these authorities.
     *
     * @param files PEM files
     */
    record Authorities(List<Path> files) implements Trust {
        public Authorities {
            files = List.copyOf(files);
        }
    }

    /** Anybody; only where an administrator configured it for one host. */
    record Anybody() implements Trust {}
}
