package carafe.server;

import carafe.linux.KernelFiles;
import carafe.linux.SyscallException;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Supplier;

/**
 * How many processes the shims are, and what they hold. They share their cgroup with the daemon and
 * with what it has just forked, which is as large as the daemon for a moment and none of theirs; so
 * their names count.
 *
 * @param neighbours the processes of that cgroup
 * @param proc where procfs is
 */
record ShimFigures(Supplier<Set<Integer>> neighbours, Path proc) {
    private static final long PAGE_BYTES = 4096;

    /** What the shim's processes call themselves. */
    private static final Set<String> NAMES = Set.of("carafe-shim", "carafe-pump", "carafe-spawner");

    /**
     * @param privateBytes what they share with no other process
     */
    record Sample(int processes, double privateBytes) {}

    Sample sample() {
        int processes = 0;
        long pages = 0;
        for (int pid : neighbours.get()) {
            Path process = proc.resolve(Integer.toString(pid));
            try {
                if (NAMES.contains(KernelFiles.read(process.resolve("comm")).strip())) {
                    pages += privatePages(KernelFiles.read(process.resolve("statm")));
                    processes++;
                }
            } catch (SyscallException e) {
                // It has ended and holds nothing.
            }
        }
        return new Sample(processes, (double) pages * PAGE_BYTES);
    }

    /** Resident less shared ones; a process that is ending has none. */
    private static long privatePages(String statm) {
        String[] words = statm.strip().split(" ", -1);
        return words.length < 3 ? 0 : Long.parseLong(words[1]) - Long.parseLong(words[2]);
    }
}
