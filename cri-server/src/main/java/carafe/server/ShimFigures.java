package carafe.server;

import carafe.linux.KernelFiles;
import carafe.linux.SyscallException;
import carafe.linux.cgroup.CgroupTree;
import java.nio.file.Path;
import java.util.Set;

/**
 * How many processes the shims are, and what they hold. They share their cgroup with the daemon.
 */
record ShimFigures(CgroupTree tree) {
    private static final long PAGE_BYTES = 4096;

    /**
     * @param privateBytes what they share with no other process
     */
    record Sample(int processes, double privateBytes) {}

    Sample sample() {
        Set<Integer> pids = tree.neighbours();
        long pages = 0;
        for (int pid : pids) {
            pages += privatePages(pid);
        }
        return new Sample(pids.size(), (double) pages * PAGE_BYTES);
    }

    private static long privatePages(int pid) {
        try {
            String[] words =
                    KernelFiles.read(Path.of("/proc", Integer.toString(pid), "statm"))
                            .strip()
                            .split(" ", -1);
            return words.length < 3 ? 0 : Long.parseLong(words[1]) - Long.parseLong(words[2]);
        } catch (SyscallException | NumberFormatException e) {
            return 0; // it has ended
        }
    }
}
