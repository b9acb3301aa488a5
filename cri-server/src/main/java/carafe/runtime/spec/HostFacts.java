package carafe.runtime.spec;

import java.util.Set;

/**
 * What the machine and the daemon's own rights allow.
 *
 * @param capabilities that the daemon may hand on, as {@code CAP_…}
 * @param openFilesSoft soft limit of open files for containers
 * @param openFilesHard hard limit; never above the daemon's own
 */
public record HostFacts(Set<String> capabilities, long openFilesSoft, long openFilesHard) {
    public HostFacts {
        capabilities = Set.copyOf(capabilities);
    }
}
