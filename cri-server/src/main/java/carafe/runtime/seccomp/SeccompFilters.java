package carafe.runtime.seccomp;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/**
 * Compiled filters, each profile once per kind of container. Thread-safe; remembers at most {@value
 * #MAX_CACHED} filters, the least recently used goes first.
 */
public final class SeccompFilters {
    private static final int MAX_CACHED = 128;
    private static final String DEFAULT_PROFILE = "runtime-default.json";

    private final ProfileReader reader = new ProfileReader();
    private final ProfileCompiler compiler = new ProfileCompiler();
    private final Map<Key, byte[]> cache =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Key, byte[]> eldest) {
                    return size() > MAX_CACHED;
                }
            };

    private record Key(String profile, Target target) {}

    /** The filter of Carafe's own default profile. */
    public byte[] runtimeDefault(Target target) {
        return compile("RuntimeDefault", defaultProfile(), target);
    }

    /**
     * The filter of a profile.
     *
     * @param name where it came from, for messages
     * @throws carafe.base.CarafeException.Invalid when it cannot be honoured whole
     */
    public byte[] compile(String name, byte[] profile, Target target) {
        Key key = new Key(sha256(profile), target);
        synchronized (cache) {
            byte[] known = cache.get(key);
            if (known != null) {
                return known.clone();
            }
        }
        byte[] filter = compiler.compile(reader.read(name, profile), target);
        synchronized (cache) {
            cache.put(key, filter);
        }
        return filter.clone();
    }

    /** Carafe's own default profile in the runtime-spec's form, for OCI runtimes that compile. */
    public ObjectNode ociRuntimeDefault(Target target) {
        return new OciProfile().of(reader.read("RuntimeDefault", defaultProfile()), target);
    }

    /**
     * A profile in the runtime-spec's form.
     *
     * @param name where it came from, for messages
     * @throws carafe.base.CarafeException.Invalid when it cannot be honoured whole
     */
    public ObjectNode oci(String name, byte[] profile, Target target) {
        return new OciProfile().of(reader.read(name, profile), target);
    }

    private static byte[] defaultProfile() {
        try (var resource =
                Objects.requireNonNull(
                        SeccompFilters.class.getResourceAsStream(DEFAULT_PROFILE),
                        DEFAULT_PROFILE)) {
            return resource.readAllBytes();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String sha256(byte[] content) {
        try {
            return java.util.HexFormat.of()
                    .formatHex(java.security.MessageDigest.getInstance("SHA-256").digest(content));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
