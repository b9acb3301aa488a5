package carafe.shim.control;

import carafe.shim.sys.Buffer;
import carafe.shim.sys.Syscalls;

/**
 * What all execs of a container use.
 *
 * @param setupSignal see {@link Surroundings#setupSignal}
 * @param frameBuffer {@link OutputRelay#FRAME_BYTES}, only used within a call
 * @param statusBuffer 4096 bytes, only used within a call
 */
record ExecShared(
        Syscalls sys, Cgroup cgroup, int setupSignal, Buffer frameBuffer, Buffer statusBuffer) {
    static ExecShared of(Syscalls sys, Cgroup cgroup, int setupSignal) {
        return new ExecShared(
                sys,
                cgroup,
                setupSignal,
                sys.memory().allocate(OutputRelay.FRAME_BYTES),
                sys.memory().allocate(4096));
    }
}
