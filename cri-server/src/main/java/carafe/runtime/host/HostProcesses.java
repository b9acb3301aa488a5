package carafe.runtime.host;

import carafe.base.CarafeException;
import carafe.linux.BootId;
import carafe.linux.KernelFiles;
import carafe.linux.PidIdentity;
import carafe.linux.PidWatch;
import carafe.linux.Pidfd;
import carafe.linux.SyscallException;
import carafe.runtime.port.ProcessId;
import carafe.runtime.port.Processes;
import java.nio.file.Path;
import java.util.Optional;

/** Processes through pidfds. Thread-safe. */
public final class HostProcesses implements Processes {
    private static final int SIGKILL = 9;
    private static final String CAUGHT = "SigCgt:";

    private final carafe.linux.Processes processes;
    private final PidWatch watch;
    private final BootId boot;

    /**
     * @param watch started and closed by its owner
     */
    public HostProcesses(carafe.linux.Processes processes, PidWatch watch, BootId boot) {
        this.processes = processes;
        this.watch = watch;
        this.boot = boot;
    }

    @Override
    public String bootId() {
        return boot.value();
    }

    @Override
    public boolean isAlive(ProcessId process) {
        return processes.alive(identity(process));
    }

    @Override
    public boolean hears(ProcessId process, int signal) {
        try {
            String status = KernelFiles.read(Path.of("/proc/" + process.pid() + "/status"));
            return status.lines()
                            .filter(line -> line.startsWith(CAUGHT))
                            .mapToLong(line ->
                                    Long.parseUnsignedLong(
                                            line.substring(CAUGHT.length()).strip(), 16))
                            .anyMatch(mask -> (mask >>> (signal - 1) & 1) == 1)
                    && isAlive(process);
        } catch (SyscallException e) {
            return false;
        }
    }

    @Override
    public void kill(ProcessId process) {
        try {
            Optional<Pidfd> opened = Pidfd.open(identity(process), processes);
            if (opened.isPresent()) {
                try (Pidfd pidfd = opened.get()) {
                    pidfd.send(SIGKILL);
                }
            }
        } catch (SyscallException e) {
            throw new CarafeException.Internal("kill process " + process.pid() + ": " + e, e);
        }
    }

    @Override
    public Watch onExit(ProcessId process, Runnable callback) {
        try {
            return watch.onExit(identity(process), callback)::close;
        } catch (SyscallException e) {
            throw new CarafeException.Exhausted("watch process " + process.pid() + ": " + e, e);
        }
    }

    private static PidIdentity identity(ProcessId process) {
        return new PidIdentity(process.pid(), process.startTicks());
    }
}
