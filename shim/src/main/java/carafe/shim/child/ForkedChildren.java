package carafe.shim.child;

import carafe.shim.json.JsonException;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;

/** {@link Children} by forking this process. */
public final class ForkedChildren implements Children {
    private final Syscalls sys;

    public ForkedChildren(Syscalls sys) {
        this.sys = sys;
    }

    @Override
    public Child startInit(ChildIo io, int cgroupFd) throws SyscallException {
        long start = sys.files().pipe(0);
        int gate = FileCalls.readEnd(start);
        try {
            Child child =
                    fork(
                            cgroupFd,
                            (setup, progress) -> new InitSetup(sys, progress, setup).run(io, gate));
            return new Child(child.setupPid(), child.status(), FileCalls.writeEnd(start));
        } catch (SyscallException e) {
            sys.files().close(FileCalls.writeEnd(start));
            throw e;
        } finally {
            sys.files().close(gate);
        }
    }

    @Override
    public Child startExec(ExecFrame frame, int initPidfd, ChildIo io, int cgroupFd)
            throws SyscallException {
        return fork(
                cgroupFd,
                (setup, progress) -> new ExecSetup(sys, progress, setup).run(frame, initPidfd, io));
    }

    @Override
    public Child startHooks(HookStage stage, int pid) throws SyscallException {
        return fork(
                -1,
                (setup, progress) -> {
                    setup.begin(new ChildIo(-1, -1, -1, -1));
                    new Hooks(sys, progress).run(stage, pid);
                    return 0;
                });
    }

    @Override
    public int startRemoval() throws SyscallException {
        int pid = sys.processes().fork();
        if (pid == 0) {
            sys.processes().exit(new Aftermath(sys).run());
        }
        return pid;
    }

    /** What a setup child does; the two kinds differ in it. */
    private interface Setup {
        int run(SetupChild setup, Progress progress)
                throws SyscallException, RefusedException, JsonException;
    }

    private Child fork(int cgroupFd, Setup setup) throws SyscallException {
        long status = sys.files().pipe(0);
        int reader = FileCalls.readEnd(status);
        int writer = FileCalls.writeEnd(status);
        try {
            sys.files().setStatusFlags(reader, FileCalls.O_NONBLOCK);
            int pid = sys.processes().clone(0, cgroupFd);
            if (pid == 0) {
                Progress progress = new Progress();
                SetupChild child = new SetupChild(sys, progress, writer);
                child.runAndExit(() -> setup.run(child, progress));
            }
            return new Child(pid, reader, -1);
        } catch (SyscallException e) {
            sys.files().close(reader);
            throw e;
        } finally {
            sys.files().close(writer);
        }
    }
}
