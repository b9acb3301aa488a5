package carafe.image.registry;

import java.util.List;

/** Where a registry's images are to be fetched. */
public interface RegistryHosts {
    /**
     * The endpoints to try in this order; at least one.
     *
     * @param registry the registry part of a parsed reference
     * @throws carafe.base.CarafeException.Precondition when the configuration for it cannot be used
     */
    List<Endpoint> of(String registry);
}
