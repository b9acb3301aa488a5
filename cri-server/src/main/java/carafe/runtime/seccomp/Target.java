package carafe.runtime.seccomp;

import java.util.Set;

/**
 * The container that a profile is compiled for.
 *
 * @param arch the host's
 * @param capabilities its bounding set, {@code CAP_} names
 * @param kernel major version times 1000 plus minor version
 */
public record Target(Arch arch, Set<String> capabilities, int kernel) {
    public Target {
        capabilities = Set.copyOf(capabilities);
    }

    boolean includes(SeccompProfile.Filter filter) {
        return capabilities.containsAll(filter.capabilities())
                && (filter.arches().isEmpty() || filter.arches().contains(arch.shortName()))
                && kernel >= filter.minKernel();
    }

    boolean excludes(SeccompProfile.Filter filter) {
        return filter.capabilities().stream().anyMatch(capabilities::contains)
                || filter.arches().contains(arch.shortName())
                || (filter.minKernel() > 0 && kernel >= filter.minKernel());
    }
}
