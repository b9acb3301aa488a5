package carafe.shim.control;

import carafe.shim.child.Children;
import carafe.shim.record.FactsPipe;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;

/**
 * The launcher's part of role container: forks control and reads the bundle for it. The working
 * directory is the bundle; descriptor 0 is the null device, 1 the result pipe.
 */
public final class ContainerRole {
    private final Syscalls sys;
    private final Children children;

    public ContainerRole(Syscalls sys, Children children) {
        this.sys = sys;
        this.children = children;
    }

    /** Returns in both processes, with the exit code of the one it returns in. */
    public int run() {
        try {
            long pipe = sys.files().pipe(0);
            if (sys.processes().fork() == 0) {
                sys.files().close(FileCalls.writeEnd(pipe));
                sys.processes().newSession();
                return new Control(sys, children, FileCalls.readEnd(pipe)).run();
            }
            sys.files().close(FileCalls.readEnd(pipe));
            new FactsPipe(sys.files(), sys.memory()).send(FileCalls.writeEnd(pipe));
            return 0;
        } catch (SyscallException e) {
            new ResultPipe(sys).send(Failures.of("launcher", e));
            return 1;
        }
    }
}
