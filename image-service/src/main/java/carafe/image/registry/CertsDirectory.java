package carafe.image.registry;

import carafe.base.CarafeException;
import carafe.image.reference.Excerpt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Hosts as administrators configure them, one directory per registry: {@code
 * <dir>/<registry>/hosts.toml} (a port may be written {@code _5000_} for file systems without
 * colons), for all others {@code <dir>/_default/hosts.toml}, and where there is none, the registry
 * itself. Read afresh for every pull. Thread-safe.
 */
public final class CertsDirectory implements RegistryHosts {
    private static final String EVERY_OTHER = "_default";
    private static final int MAX_BYTES = 1 << 20;

    private final Path dir;
    private final DefaultHosts defaults;

    public CertsDirectory(Path dir, DefaultHosts defaults) {
        this.dir = dir;
        this.defaults = defaults;
    }

    @Override
    public List<Endpoint> of(String registry) {
        for (String name : List.of(registry, withoutColon(registry), EVERY_OTHER)) {
            Path file = dir.resolve(name).resolve("hosts.toml");
            try {
                byte[] content = read(file);
                return new HostsToml(file, registry, defaults).endpoints(content);
            } catch (NoSuchFileException e) {
                // not configured under this name
            } catch (IOException e) {
                throw new CarafeException.Precondition(
                        "cannot read %s: %s".formatted(file, Excerpt.plain(e.toString())), e);
            }
        }
        return defaults.of(registry);
    }

    /** {@code host:5000} as {@code host_5000_}. */
    private static String withoutColon(String registry) {
        int colon = registry.lastIndexOf(':');
        boolean port = colon > 0 && colon > registry.lastIndexOf(']');
        return port
                ? registry.substring(0, colon) + "_" + registry.substring(colon + 1) + "_"
                : registry;
    }

    private static byte[] read(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(MAX_BYTES + 1);
            if (content.length > MAX_BYTES) {
                throw new IOException("it is larger than %d bytes".formatted(MAX_BYTES));
            }
            return content;
        }
    }
}
