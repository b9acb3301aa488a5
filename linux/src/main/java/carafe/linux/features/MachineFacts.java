package carafe.linux.features;

import carafe.linux.KernelCalls;
import carafe.linux.KernelFiles;
import carafe.linux.SyscallException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The port to the machine that is looked at, so that tests can make one up. */
interface MachineFacts {
    /** The running machine. */
    static MachineFacts real() {
        return new MachineFacts() {
            @Override
            public Optional<String> file(String path) {
                try {
                    return Optional.of(KernelFiles.read(Path.of(path)).strip());
                } catch (SyscallException e) {
                    return Optional.empty();
                }
            }

            @Override
            public boolean exists(String path) {
                return Files.exists(Path.of(path));
            }

            @Override
            public boolean knows(KernelCalls.Call call) {
                return KernelCalls.knows(call);
            }
        };
    }

    /** The file's text; empty when there is none, or it may not be read. */
    Optional<String> file(String path);

    boolean exists(String path);

    /** Whether the kernel has the call. */
    boolean knows(KernelCalls.Call call);
}
