package carafe.linux.fs;

/**
 * Space of a file system.
 *
 * @param type magic number, see statfs(2)
 * @param totalBytes its size
 * @param availableBytes what an unprivileged writer may still use
 * @param totalInodes 0 where the file system has no fixed number
 * @param freeInodes what is left of them
 */
public record FsStat(
        long type, long totalBytes, long availableBytes, long totalInodes, long freeInodes) {}
