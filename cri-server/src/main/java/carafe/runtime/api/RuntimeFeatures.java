package carafe.runtime.api;

import java.util.List;

/**
 * What requests may ask for.
 *
 * @param handlers every runtime handler, the default one, whose name is empty, first
 * @param supplementalGroupsPolicy whether it is obeyed, and a container's user reported
 * @param userNamespacesHostNetwork whether a pod may have a user namespace and the node's network
 * @param mountOptions whether those of a mount are obeyed
 */
public record RuntimeFeatures(
        List<Handler> handlers,
        boolean supplementalGroupsPolicy,
        boolean userNamespacesHostNetwork,
        boolean mountOptions) {
    public RuntimeFeatures {
        handlers = List.copyOf(handlers);
    }

    /**
     * What pods of one runtime handler may ask for.
     *
     * @param recursiveReadOnly mounts that are read-only with all below them
     * @param userNamespaces with idmapped mounts
     */
    public record Handler(String name, boolean recursiveReadOnly, boolean userNamespaces) {}
}
