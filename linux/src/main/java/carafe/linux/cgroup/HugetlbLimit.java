package carafe.linux.cgroup;

/**
 * Huge pages of one size.
 *
 * @param pageSize as the kernel writes it: {@code 2MB}, {@code 1GB}
 * @param limitBytes 0 or more; zero is a limit
 */
public record HugetlbLimit(String pageSize, long limitBytes) {}
