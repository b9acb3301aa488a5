package carafe.shim.control;

import carafe.shim.child.Children;
import carafe.shim.record.FactsPipe;
import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;

/**
 * The launcher's part of role container: forks control, reads the bundle for it, and stays until
 * the result is written. The working directory is the bundle; descriptor 0 is the null device, 1
 * the result pipe.
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
            long facts = sys.files().pipe(0);
            long answered = sys.files().pipe(0);
            return sys.processes().fork() == 0 ? control(facts, answered) : launch(facts, answered);
        } catch (SyscallException e) {
            new ResultPipe(sys, -1).send(Failures.of("launcher", e));
            return 1;
        }
    }

    private int control(long facts, long answered) throws SyscallException {
        sys.files().close(FileCalls.writeEnd(facts));
        sys.files().close(FileCalls.readEnd(answered));
        sys.processes().newSession();
        ResultPipe result = new ResultPipe(sys, FileCalls.writeEnd(answered));
        return new Control(sys, children, FileCalls.readEnd(facts), result).run();
    }

    private int launch(long facts, long answered) {
        FileCalls files = sys.files();
        files.close(FileCalls.readEnd(facts));
        files.close(FileCalls.writeEnd(answered));
        new FactsPipe(files, sys.memory()).send(FileCalls.writeEnd(facts));
        files.close(FileCalls.writeEnd(facts));
        byte[] nothing = new byte[1];
        while (files.read(FileCalls.readEnd(answered), nothing, 0, 1) == -Errno.EINTR) {
            // A signal is no answer.
        }
        return 0;
    }
}
