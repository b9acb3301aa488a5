package carafe.runtime;

import carafe.runtime.api.RuntimeFeatures;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * What this version can do on this machine. A feature is told only where a request for it is
 * obeyed: kubelet asks for it then. Immutable.
 */
final class Features {
    private final Set<String> handlers;

    /**
     * @param handlers names of the runtime handlers there are, the empty one included
     */
    Features(Set<String> handlers) {
        this.handlers = Set.copyOf(handlers);
    }

    RuntimeFeatures tell() {
        List<RuntimeFeatures.Handler> each =
                handlers.stream()
                        .sorted(Comparator.naturalOrder())
                        .map(name -> new RuntimeFeatures.Handler(name, false, false))
                        .toList();
        return new RuntimeFeatures(each, true, false, false);
    }
}
