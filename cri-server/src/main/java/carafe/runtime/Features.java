package carafe.runtime;

import carafe.runtime.api.RuntimeFeatures;
import carafe.runtime.port.HostPaths;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * What this version can do on this machine. A feature is told only where a request for it is
 * obeyed: kubelet asks for it then. Thread-safe.
 */
final class Features {
    private final Set<String> handlers;
    private final HostPaths host;

    /**
     * @param handlers names of the runtime handlers there are, the empty one included
     * @param host tells what the kernel's mounts can do
     */
    Features(Set<String> handlers, HostPaths host) {
        this.handlers = Set.copyOf(handlers);
        this.host = host;
    }

    RuntimeFeatures tell() {
        boolean recursiveReadOnly = host.canBeReadOnlyRecursively();
        List<RuntimeFeatures.Handler> each =
                handlers.stream()
                        .sorted(Comparator.naturalOrder())
                        .map(name -> new RuntimeFeatures.Handler(name, recursiveReadOnly, false))
                        .toList();
        return new RuntimeFeatures(each, true, false, true);
    }
}
