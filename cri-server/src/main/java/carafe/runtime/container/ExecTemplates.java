package carafe.runtime.container;

import carafe.base.CarafeException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Templates of the containers that were exec'd into last, so that a probe parses no file. Bounded.
 * Thread-safe.
 */
final class ExecTemplates {
    private static final int MAX_ENTRIES = 512;
    private static final int MAX_CACHED_BYTES = 64 * 1024;

    private final ContainerBundle bundles;
    private final Map<String, ExecTemplate> recent =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, ExecTemplate> eldest) {
                    return size() > MAX_ENTRIES;
                }
            };

    ExecTemplates(ContainerBundle bundles) {
        this.bundles = bundles;
    }

    ExecTemplate of(String id) {
        ExecTemplate known = known(id);
        if (known != null) {
            return known;
        }
        ExecTemplate template =
                ExecTemplate.of(
                        bundles.config(id)
                                .orElseThrow(() ->
                                        new CarafeException.Internal(
                                                "container %s has lost its config.json"
                                                        .formatted(id))),
                        bundles.shim(id));
        if (template.size() <= MAX_CACHED_BYTES) {
            synchronized (recent) {
                recent.put(id, template);
            }
        }
        return template;
    }

    private @Nullable ExecTemplate known(String id) {
        synchronized (recent) {
            return recent.get(id);
        }
    }
}
