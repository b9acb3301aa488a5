package carafe.runtime.api;

import java.util.List;

/**
 * The ids a process starts with.
 *
 * @param supplementalGroups without duplicates, in order; the primary group included
 */
public record ProcessUser(long uid, long gid, List<Long> supplementalGroups) {
    public ProcessUser {
        supplementalGroups = List.copyOf(supplementalGroups);
    }
}
