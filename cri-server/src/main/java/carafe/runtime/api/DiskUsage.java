package carafe.runtime.api;

import java.nio.file.Path;

/**
 * What a container's own files take.
 *
 * @param atNanos Unix time of the sample
 * @param mountpoint a path on the file system they are on
 */
public record DiskUsage(long atNanos, Path mountpoint, long bytes, long inodes) {}
