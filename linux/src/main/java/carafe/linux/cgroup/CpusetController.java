package carafe.linux.cgroup;

import carafe.linux.SyscallException;
import java.nio.file.Path;

/** Which processors and memory nodes may be used. */
final class CpusetController {
    private static final String CPUS = "cpuset.cpus";
    private static final String MEMS = "cpuset.mems";

    private CpusetController() {}

    static void apply(LimitWriter out, CpusetLimits limits) {
        if (!limits.cpus().isEmpty()) {
            out.within(CPUS, limits.cpus());
        }
        if (!limits.mems().isEmpty()) {
            out.within(MEMS, limits.mems());
        }
    }

    /** What the kernel has, in its spelling; an empty list of version 2 means the parent's. */
    static CpusetLimits read(LimitReader in, CpusetLimits asked) {
        return new CpusetLimits(list(in, CPUS, asked.cpus()), list(in, MEMS, asked.mems()));
    }

    private static String list(LimitReader in, String name, String asked) {
        String own = in.text(name).orElse(asked);
        return own.isEmpty() ? in.text(name + ".effective").orElse(asked) : own;
    }

    /**
     * A fresh cpuset of version 1 is empty, and a process that enters an empty one is refused with
     * ENOSPC; so it gets what its parent has. The parent was filled before.
     */
    static void fillFromParent(CgroupFiles files, Path directory) throws SyscallException {
        fill(files, directory, CPUS);
        fill(files, directory, MEMS);
    }

    /**
     * The same for one that was just made.
     *
     * @return false = its parent has nothing to give, so that one must be filled first
     */
    static boolean fillNew(CgroupFiles files, Path directory) throws SyscallException {
        Path parent = parentOf(directory);
        String cpus = files.read(parent.resolve(CPUS)).strip();
        String mems = files.read(parent.resolve(MEMS)).strip();
        if (cpus.isEmpty() || mems.isEmpty()) {
            return false;
        }
        files.write(directory.resolve(CPUS), cpus);
        files.write(directory.resolve(MEMS), mems);
        return true;
    }

    private static void fill(CgroupFiles files, Path directory, String name)
            throws SyscallException {
        Path own = directory.resolve(name);
        if (files.read(own).isBlank()) {
            files.write(own, files.read(parentOf(directory).resolve(name)).strip());
        }
    }

    private static Path parentOf(Path directory) {
        Path parent = directory.getParent();
        if (parent == null) {
            throw new IllegalArgumentException("a cgroup directory has a parent: " + directory);
        }
        return parent;
    }
}
