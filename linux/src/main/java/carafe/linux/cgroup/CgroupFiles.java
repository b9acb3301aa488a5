package carafe.linux.cgroup;

import carafe.linux.SyscallException;
import java.nio.file.Path;
import java.util.List;

/**
 * The port to the cgroup file systems, so that a test can make up a machine and fail call n. The
 * calls are short and take no locks of ours. Thread-safe.
 */
public interface CgroupFiles {
    /** The running kernel. */
    static CgroupFiles linux() {
        return new LinuxCgroupFiles();
    }

    /**
     * @throws SyscallException ENOENT without such a file, ENODEV when its cgroup was just removed
     */
    String read(Path file) throws SyscallException;

    /** One write(2) of the whole text; the file must exist. */
    void write(Path file, String text) throws SyscallException;

    /**
     * One write(2) for each of the texts, in their order; after a failure the rest is not written.
     */
    default void writeEach(Path file, List<String> texts) throws SyscallException {
        for (String text : texts) {
            write(file, text);
        }
    }

    boolean exists(Path path);

    /**
     * @throws SyscallException EEXIST when it is there
     */
    void makeDirectory(Path directory) throws SyscallException;

    /**
     * @throws SyscallException EBUSY while it holds a process or another cgroup
     */
    void removeDirectory(Path directory) throws SyscallException;

    /**
     * The directories in this one.
     *
     * @throws SyscallException ENOENT when it is not there
     */
    List<Path> directories(Path directory) throws SyscallException;
}
