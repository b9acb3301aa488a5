package carafe.shim.child;

import carafe.shim.json.JsonException;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;

/**
 * What the two kinds of setup children have in common: a clean beginning, the birth of the
 * container's process as a child of control, and reports of what fails.
 */
final class SetupChild {
    private static final int EXIT_OK = 0;
    private static final int EXIT_FAILED = 1;

    /** Work of a child that ends in an exit code. */
    interface Work {
        int run() throws SyscallException, RefusedException, JsonException;
    }

    private final Syscalls sys;
    private final Progress progress;
    private final int statusFd;
    private final StatusWriter status;

    SetupChild(Syscalls sys, Progress progress, int statusFd) {
        this.sys = sys;
        this.progress = progress;
        this.statusFd = statusFd;
        this.status = new StatusWriter(sys.files(), statusFd);
    }

    /** Runs and never returns; whatever goes wrong is reported. */
    void runAndExit(Work work) {
        int code = EXIT_FAILED;
        try {
            code = work.run();
        } catch (SyscallException e) {
            status.failed(progress, e.errno(), e.getMessage());
        } catch (RefusedException | JsonException e) {
            status.failed(progress, 0, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            status.failed(progress, 0, "internal error: " + e);
        }
        sys.processes().exit(code);
    }

    /**
     * Leaves control behind: its signals, its descriptors but the kept ones, its umask.
     *
     * @param kept descriptors from 3 on to keep beside the status pipe
     */
    void begin(ChildIo io, int... kept) throws SyscallException {
        progress.at("setup.begin");
        sys.processes().neverCollect();
        sys.processes().resetSignals();
        StandardStreams streams = new StandardStreams(sys.files());
        streams.install(io);
        int[] all = new int[kept.length + 2];
        System.arraycopy(kept, 0, all, 0, kept.length);
        all[kept.length] = statusFd;
        all[kept.length + 1] = io.terminalSocket();
        streams.closeAllBut(all);
        sys.processes().setUmask(0);
    }

    /**
     * Bears the container's process. It does nothing before control can know of it: it waits for a
     * pipe that closes when the report is written.
     *
     * @param born what it does then
     * @param kept descriptors it keeps beside 0 to 2 and the status pipe, all others having been
     *     closed here: in the container's PID namespace its peers may look at it
     */
    int bear(Work born, int... kept) throws SyscallException, RefusedException {
        progress.at("process.clone");
        long gate = sys.files().pipe(0);
        int[] all = new int[kept.length + 3];
        System.arraycopy(kept, 0, all, 0, kept.length);
        all[kept.length] = statusFd;
        all[kept.length + 1] = FileCalls.readEnd(gate);
        all[kept.length + 2] = FileCalls.writeEnd(gate);
        new StandardStreams(sys.files()).closeAllBut(all);
        int pid = cloneBesideParent();
        if (pid == 0) {
            runAndExit(() -> {
                waitFor(gate);
                return born.run();
            });
        }
        boolean _ = status.born(pid);
        return EXIT_OK;
    }

    private int cloneBesideParent() throws SyscallException, RefusedException {
        try {
            return sys.processes().clone(ProcessCalls.CLONE_PARENT, -1);
        } catch (SyscallException e) {
            if (e.errno() == Errno.ENOMEM) {
                // What the kernel answers when PID 1 of the namespace has ended.
                throw new RefusedException("the container is not running");
            }
            throw e;
        }
    }

    private void waitFor(long gate) {
        sys.files().close(FileCalls.writeEnd(gate));
        Buffer nothing = sys.memory().allocate(1);
        int got = sys.files().read(FileCalls.readEnd(gate), nothing, 0, 1);
        while (got == -Errno.EINTR) {
            got = sys.files().read(FileCalls.readEnd(gate), nothing, 0, 1);
        }
        nothing.free();
        sys.files().close(FileCalls.readEnd(gate));
    }

    int statusFd() {
        return statusFd;
    }

    StatusWriter status() {
        return status;
    }
}
