package carafe.runtime;

import carafe.runtime.api.RuntimeFeatures;
import carafe.runtime.handler.Handlers;
import carafe.runtime.port.HostPaths;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * What this version can do on this machine. A feature is told only where a request for it is
 * obeyed: kubelet asks for it then. Thread-safe.
 */
final class Features {
    private final Handlers handlers;
    private final HostPaths host;
    private final BooleanSupplier userNamespaces;

    /**
     * @param host tells what the kernel's mounts can do
     * @param userNamespaces whether pods can have one, tried on this machine
     */
    Features(Handlers handlers, HostPaths host, BooleanSupplier userNamespaces) {
        this.handlers = handlers;
        this.host = host;
        this.userNamespaces = userNamespaces;
    }

    RuntimeFeatures tell() {
        boolean mapped = userNamespaces.getAsBoolean();
        boolean recursiveReadOnly = host.canBeReadOnlyRecursively();
        List<RuntimeFeatures.Handler> each =
                handlers.names().stream()
                        .map(name -> {
                            boolean own = handlers.isOwn(name);
                            return new RuntimeFeatures.Handler(
                                    name, own && recursiveReadOnly, own && mapped);
                        })
                        .toList();
        return new RuntimeFeatures(each, true, mapped, true);
    }
}
