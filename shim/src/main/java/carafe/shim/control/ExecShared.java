package carafe.shim.control;

import carafe.shim.sys.Buffer;
import carafe.shim.sys.Syscalls;

/**
 * What all execs of a container use.
 *
 * @param frameBuffer {@link OutputRelay#FRAME_BYTES}, only used within a call
 * @param statusBuffer 4096 bytes, only used within a call
 */
record ExecShared(Syscalls sys, Cgroup cgroup, Buffer frameBuffer, Buffer statusBuffer) {
    static ExecShared of(Syscalls sys, Cgroup cgroup) {
        return new ExecShared(
                sys,
                cgroup,
                sys.memory().allocate(OutputRelay.FRAME_BYTES),
                sys.memory().allocate(4096));
    }
}
