package carafe.shim.control;

import carafe.shim.record.Facts;
import carafe.shim.sys.ProcessCalls;

/** What a container lives with. */
record Surroundings(
        Facts facts,
        PumpLink pump,
        Cgroup cgroup,
        OomCounter oom,
        ResultPipe result,
        TerminalRelay terminal,
        Removal removal) {
    /**
     * What ends a setup child. One that runs another OCI runtime is only asked to, since it must
     * take along what the program has begun.
     */
    int setupSignal() {
        return facts.hasProgram() ? ProcessCalls.SIGTERM : ProcessCalls.SIGKILL;
    }
}
