package carafe.runtime.api;

import org.jspecify.annotations.Nullable;

/**
 * What a container uses.
 *
 * @param resources absent when it has ended
 * @param writable absent when its files are gone
 */
public record ContainerUsage(
        ContainerView container, @Nullable ResourceUsage resources, @Nullable DiskUsage writable) {}
