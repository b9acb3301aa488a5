package carafe.shim.child;

import carafe.shim.sys.FileCalls;
import carafe.shim.sys.SyscallException;
import java.util.List;

/**
 * Joins v1 cgroups by writing {@code 0}, which means the writer: moving another process costs a
 * grace period of the kernel (7 to 15 ms), moving oneself does not.
 */
final class CgroupJoin {
    private final FileCalls files;
    private final Progress progress;

    CgroupJoin(FileCalls files, Progress progress) {
        this.files = files;
        this.progress = progress;
    }

    void join(List<String> paths) throws SyscallException {
        byte[] self = {'0'};
        for (String path : paths) {
            progress.at("cgroup.join", path);
            int flags = FileCalls.O_WRONLY | FileCalls.O_CLOEXEC;
            int fd = files.open(FileCalls.AT_FDCWD, path, flags, 0);
            int written = files.write(fd, self, 0, 1);
            files.close(fd);
            if (written < 0) {
                throw new SyscallException("write", path, -written);
            }
        }
    }
}
