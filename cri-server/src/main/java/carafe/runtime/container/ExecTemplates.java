package carafe.runtime.container;

import carafe.base.CarafeException;
import carafe.base.Recent;

/**
 * Templates of the containers that were exec'd into last, so that a probe parses no file. Bounded.
 * Thread-safe.
 */
final class ExecTemplates {
    private static final int MAX_ENTRIES = 512;
    private static final int MAX_CACHED_BYTES = 64 * 1024;

    private final ContainerBundle bundles;
    private final Recent<String, ExecTemplate> recent = new Recent<>(MAX_ENTRIES);

    ExecTemplates(ContainerBundle bundles) {
        this.bundles = bundles;
    }

    ExecTemplate of(String id) {
        return recent.find(id).orElseGet(() -> read(id));
    }

    private ExecTemplate read(String id) {
        ExecTemplate template =
                ExecTemplate.of(
                        bundles.config(id)
                                .orElseThrow(() ->
                                        new CarafeException.Internal(
                                                "container %s has lost its config.json"
                                                        .formatted(id))),
                        bundles.shim(id));
        if (template.size() <= MAX_CACHED_BYTES) {
            recent.keep(id, template);
        }
        return template;
    }
}
