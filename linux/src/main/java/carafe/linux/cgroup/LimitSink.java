package carafe.linux.cgroup;

import carafe.linux.SyscallException;
import java.nio.file.Path;
import java.util.List;

/** Where the values of cgroup files go: straight to the kernel, or through a journal. */
@FunctionalInterface
interface LimitSink {
    /** One write of the whole text. */
    void write(Path file, String text) throws SyscallException;

    /** One write for each of the texts; after a failure the rest is not written. */
    default void writeEach(Path file, List<String> texts) throws SyscallException {
        for (String text : texts) {
            write(file, text);
        }
    }

    /** Straight to the kernel. */
    static LimitSink direct(CgroupFiles files) {
        return new LimitSink() {
            @Override
            public void write(Path file, String text) throws SyscallException {
                files.write(file, text);
            }

            @Override
            public void writeEach(Path file, List<String> texts) throws SyscallException {
                files.writeEach(file, texts);
            }
        };
    }
}
