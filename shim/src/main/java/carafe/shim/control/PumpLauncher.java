package carafe.shim.control;

import carafe.shim.pump.LogTarget;
import carafe.shim.pump.Pump;
import carafe.shim.pump.PumpIo;
import carafe.shim.record.Facts;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import org.jspecify.annotations.Nullable;

/** Forks the pump and leaves it no descriptor but its own. */
final class PumpLauncher {
    /** Above what is open when the pump is forked, and within the least usual limit of 1024. */
    private static final int PARKING = 512;

    private static final int FIRST = 3;

    /** In the bundle, which is the working directory. */
    private static final String COUNTS = "log.counts";

    private static final int LOG_UMASK = 027;

    private final Syscalls sys;
    private final Facts facts;
    private final int stdout;
    private final int stderr;
    private int stdin;

    /**
     * Descriptors are owned from here on, and kept: a pump that dies is started again.
     *
     * @param stdout non-blocking read end, -1 when there is a terminal
     * @param stderr non-blocking read end, -1 when there is a terminal
     * @param stdin write end, -1 = none
     */
    PumpLauncher(Syscalls sys, Facts facts, int stdout, int stderr, int stdin) {
        this.sys = sys;
        this.facts = facts;
        this.stdout = stdout;
        this.stderr = stderr;
        this.stdin = stdin;
    }

    /**
     * Forks.
     *
     * @param control the pump's end of the socket; stays the caller's
     * @return the pump's pid
     */
    int launch(int control) throws SyscallException {
        @Nullable LogTarget target =
                facts.logPath().isEmpty() ? null : LogTarget.of(facts.logPath(), facts.logBase());
        int pid = sys.processes().fork();
        if (pid == 0) {
            PumpIo io = new PumpIo(control, stdout, stderr, stdin);
            sys.processes().exit(run(io, target, facts.longestLine()));
        }
        return pid;
    }

    /** Whether the container's input ends with the first client that has given some. */
    boolean takesInputOnce() {
        return facts.stdinOnce();
    }

    /** The container's input has ended: no later pump gets it. */
    void endInput() {
        sys.files().close(stdin);
        stdin = -1;
    }

    /** Gives the streams up: who writes to them now gets SIGPIPE. */
    void close() {
        sys.files().close(stdout);
        sys.files().close(stderr);
        sys.files().close(stdin);
    }

    private int run(PumpIo io, @Nullable LogTarget target, int longestLine) {
        try {
            sys.processes().setName("carafe-pump");
            // The log may be read by its group.
            sys.processes().setUmask(LOG_UMASK);
            return new Pump(sys, keepOnly(io), target, longestLine, COUNTS).run();
        } catch (SyscallException e) {
            return 1;
        }
    }

    private PumpIo keepOnly(PumpIo io) throws SyscallException {
        FileCalls files = sys.files();
        int[] kept = {io.control(), io.stdout(), io.stderr(), io.stdin()};
        for (int i = 0; i < kept.length; i++) {
            kept[i] = kept[i] < 0 ? -1 : files.duplicateFrom(kept[i], PARKING);
        }
        int next = FIRST;
        for (int i = 0; i < kept.length; i++) {
            if (kept[i] >= 0) {
                files.duplicateTo(kept[i], next, FileCalls.O_CLOEXEC);
                kept[i] = next++;
            }
        }
        files.closeRange(next, -1);
        files.duplicateTo(0, 1, 0);
        return new PumpIo(kept[0], kept[1], kept[2], kept[3]);
    }
}
