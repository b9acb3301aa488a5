package carafe.shim;

import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;

/**
 * First acts of the program in every role, before it touches anything: its name, no descriptor but
 * the standard three, not dumpable, every signal as the kernel gives it, files private.
 */
final class Launcher {
    private static final int FIRST_UNKNOWN = 3;
    private static final int PRIVATE = 0077;

    private final Syscalls sys;

    Launcher(Syscalls sys) {
        this.sys = sys;
    }

    void prepare(String[] args) throws SyscallException {
        sys.processes().setName("carafe-shim");
        sys.processes().setCommandLine("carafe-shim", args);
        sys.files().closeFrom(FIRST_UNKNOWN);
        sys.processes().setDumpable(0);
        sys.processes().resetSignals();
        sys.processes().setUmask(PRIVATE);
    }
}
