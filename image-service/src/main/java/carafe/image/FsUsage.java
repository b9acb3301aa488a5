package carafe.image;

import java.nio.file.Path;

/**
 * What something occupies on a disk.
 *
 * @param mountpoint a path on the file system that holds it
 * @param usedBytes bytes allocated on disk
 * @param inodes inodes in use
 */
public record FsUsage(Path mountpoint, long usedBytes, long inodes) {}
