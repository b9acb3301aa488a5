package carafe.linux.cgroup;

import carafe.linux.SyscallException;
import java.nio.file.Path;

/** Where the values of cgroup files go: straight to the kernel, or through a journal. */
@FunctionalInterface
interface LimitSink {
    /** One write of the whole text. */
    void write(Path file, String text) throws SyscallException;
}
