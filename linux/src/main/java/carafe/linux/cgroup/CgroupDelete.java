package carafe.linux.cgroup;

import carafe.base.CarafeException;
import carafe.linux.SyscallException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes a cgroup with everything in it. A killed process leaves its cgroup some time after the
 * signal, and somebody may make cgroups while we remove them, so this is tried again until the
 * deadline.
 */
final class CgroupDelete {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(50);

    private final CgroupTree tree;
    private final Cgroup cgroup;

    CgroupDelete(CgroupTree tree, Cgroup cgroup) {
        this.tree = tree;
        this.cgroup = cgroup;
    }

    void run(Duration deadline) {
        long end = tree.pause().nanos() + deadline.toNanos();
        Duration wait = FIRST_PAUSE;
        // Almost always everything has ended and one round of rmdir is all.
        List<String> left = removeAll();
        while (!left.isEmpty()) {
            cgroup.kill();
            left = removeAll();
            if (left.isEmpty()) {
                return;
            }
            if (tree.pause().nanos() - end >= 0) {
                throw new CarafeException.Deadline(
                        "delete cgroup %s: still there after %s, processes %s: %s"
                                .formatted(
                                        cgroup.path(),
                                        deadline,
                                        cgroup.pids(),
                                        String.join("; ", left)));
            }
            tree.pause().sleep(wait);
            wait = wait.multipliedBy(2);
            if (wait.compareTo(LONGEST_PAUSE) > 0) {
                wait = LONGEST_PAUSE;
            }
        }
    }

    private List<String> removeAll() {
        List<String> left = new ArrayList<>();
        for (Path directory : cgroup.directories()) {
            remove(directory, left);
        }
        return left;
    }

    /** rmdir first: listing a cgroup that has nothing in it would be a waste. */
    private void remove(Path directory, List<String> left) {
        try {
            tree.files().removeDirectory(directory);
        } catch (SyscallException e) {
            if (!CgroupLayout.isMissing(e) && !removeWithChildren(directory)) {
                left.add(e.getMessage());
            }
        }
    }

    private boolean removeWithChildren(Path directory) {
        try {
            List<Path> below = tree.files().directories(directory);
            if (below.isEmpty()) {
                return false;
            }
            List<String> left = new ArrayList<>();
            for (Path child : below) {
                remove(child, left);
            }
            tree.files().removeDirectory(directory);
            return true;
        } catch (SyscallException e) {
            return CgroupLayout.isMissing(e);
        }
    }
}
