package carafe.runtime.sandbox;

import carafe.runtime.api.NamespaceModes.Mode;
import carafe.runtime.api.SandboxSpec;
import java.util.function.Supplier;

/** A pod's hostname: the request's; the node's with the node's network; else made of its name. */
final class Hostnames {
    private final Supplier<String> node;

    /**
     * @param node the node's own hostname
     */
    Hostnames(Supplier<String> node) {
        this.node = node;
    }

    String of(SandboxSpec spec) {
        if (spec.linux().security().namespaces().network() == Mode.NODE) {
            return node.get();
        }
        if (!spec.hostname().isEmpty()) {
            return spec.hostname();
        }
        String name = spec.metadata().name();
        boolean fits =
                name.length() <= SandboxRules.MAX_HOSTNAME
                        && SandboxRules.HOSTNAME.matcher(name).matches();
        return fits ? name : "pod";
    }
}
