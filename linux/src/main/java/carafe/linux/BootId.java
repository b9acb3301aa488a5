package carafe.linux;

import java.nio.file.Path;
import java.util.UUID;

/** Which run of the machine this is; pids and start times mean nothing across two of them. */
public record BootId(String value) {
    public BootId {
        // UUID.fromString is lenient, so compare with its canonical form.
        if (!UUID.fromString(value).toString().equals(value)) {
            throw new IllegalArgumentException("not a boot id: " + value);
        }
    }

    /** This run's. */
    public static BootId current() throws SyscallException {
        return new BootId(KernelFiles.read(Path.of("/proc/sys/kernel/random/boot_id")).strip());
    }
}
