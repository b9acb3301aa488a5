package carafe.image.snapshot;

/**
 * What a directory tree takes on disk.
 *
 * @param bytes allocated blocks
 * @param inodes files, directories and the rest
 */
public record Usage(long bytes, long inodes) {}
