package carafe.linux.cgroup;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How a process enters a cgroup by itself, without anybody moving it.
 *
 * @param tasks files of version 1 to which it writes {@code 0}
 * @param unified directory of version 2 to be cloned into
 * @param memory directory whose counter tells of OOM kills
 * @param memoryVersion 1 or 2; 0 without a memory controller
 */
public record JoinTargets(
        List<Path> tasks, Optional<Path> unified, Optional<Path> memory, int memoryVersion) {
    public JoinTargets {
        tasks = List.copyOf(tasks);
    }
}
