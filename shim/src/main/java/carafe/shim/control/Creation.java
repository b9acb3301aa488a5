package carafe.shim.control;

import carafe.shim.child.Child;
import carafe.shim.child.ChildIo;
import carafe.shim.child.Children;
import carafe.shim.record.Facts;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;

/**
 * The order in which a container comes to be: streams, then the pump, so that it holds nothing of
 * the container, and only then the container's own processes.
 */
final class Creation {
    private static final long NOTHING = -1L;

    private final Syscalls sys;
    private final Facts facts;

    Creation(Syscalls sys, Facts facts) {
        this.sys = sys;
        this.facts = facts;
    }

    /** Starts the pump and the child that makes the container, which is followed from then on. */
    Container begin(Children children, ResultPipe result) throws SyscallException {
        if (facts.hasProgram()) {
            // What the program starts and leaves behind is this process's to reap.
            sys.processes().becomeSubreaper();
        }
        FileCalls files = sys.files();
        long stdin = facts.stdin() && !facts.terminal() ? files.pipe(0) : NOTHING;
        long stdout = facts.terminal() ? NOTHING : files.pipe(0);
        long stderr = facts.terminal() ? NOTHING : files.pipe(0);
        PumpLink pump = startPump(stdin, stdout, stderr);
        TerminalRelay terminal =
                facts.terminal() ? TerminalRelay.open(sys) : TerminalRelay.none(sys);
        Cgroup cgroup = Cgroup.of(sys, openUnified(), facts);
        OomCounter oom = OomCounter.of(sys, facts);
        ChildIo io =
                new ChildIo(
                        FileCalls.readEnd(stdin),
                        FileCalls.writeEnd(stdout),
                        FileCalls.writeEnd(stderr),
                        terminal.childEnd());
        Child child = children.startInit(io, cgroup.birthFd());
        files.close(FileCalls.readEnd(stdin));
        files.close(FileCalls.writeEnd(stdout));
        files.close(FileCalls.writeEnd(stderr));
        terminal.closeChildEnd();
        Removal removal = Removal.of(sys, children, facts.hasProgram() || facts.poststop());
        Surroundings parts = new Surroundings(facts, pump, cgroup, oom, result, terminal, removal);
        return new Container(sys, parts, child, children);
    }

    private PumpLink startPump(long stdin, long stdout, long stderr) throws SyscallException {
        FileCalls files = sys.files();
        int out = FileCalls.readEnd(stdout);
        int err = FileCalls.readEnd(stderr);
        if (!facts.terminal()) {
            files.setStatusFlags(out, FileCalls.O_NONBLOCK);
            files.setStatusFlags(err, FileCalls.O_NONBLOCK);
        }
        PumpLauncher launcher = new PumpLauncher(sys, facts, out, err, FileCalls.writeEnd(stdin));
        return PumpLink.start(sys, launcher);
    }

    /** For clone3, and for cgroup.kill; a v2 tree without the directory fails the create. */
    private int openUnified() throws SyscallException {
        if (facts.unifiedCgroup().isEmpty()) {
            return -1;
        }
        int flags = FileCalls.O_RDONLY | FileCalls.O_DIRECTORY | FileCalls.O_CLOEXEC;
        return sys.files().open(FileCalls.AT_FDCWD, facts.unifiedCgroup(), flags, 0);
    }
}
