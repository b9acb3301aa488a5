package carafe.runtime;

import carafe.runtime.api.RuntimeFeatures;
import carafe.runtime.handler.Handlers;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * What this version can do on this machine. A feature is told only where a request for it is
 * obeyed: kubelet asks for it then. Thread-safe.
 */
final class Features {
    private final Handlers handlers;
    private final BooleanSupplier userNamespaces;

    /**
     * @param userNamespaces whether pods can have one, tried on this machine
     */
    Features(Handlers handlers, BooleanSupplier userNamespaces) {
        this.handlers = handlers;
        this.userNamespaces = userNamespaces;
    }

    RuntimeFeatures tell() {
        boolean mapped = userNamespaces.getAsBoolean();
        List<RuntimeFeatures.Handler> each =
                handlers.names().stream()
                        .map(name -> {
                            boolean own = handlers.isOwn(name);
                            return new RuntimeFeatures.Handler(name, own, own && mapped);
                        })
                        .toList();
        return new RuntimeFeatures(each, true, mapped, true);
    }
}
