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
    private static final int LOG_UMASK = 027;

    private final Syscalls sys;

    PumpLauncher(Syscalls sys) {
        this.sys = sys;
    }

    /**
     * Forks.
     *
     * @param io descriptors that the pump gets; the parent's stay its own
     * @return the pump's pid
     */
    int launch(PumpIo io, Facts facts) throws SyscallException {
        @Nullable LogTarget target =
                facts.logPath().isEmpty() ? null : LogTarget.of(facts.logPath(), facts.logBase());
        int pid = sys.processes().fork();
        if (pid == 0) {
            sys.processes().exit(run(io, target, facts.longestLine()));
        }
        return pid;
    }

    private int run(PumpIo io, @Nullable LogTarget target, int longestLine) {
        try {
            sys.processes().setName("carafe-pump");
            // The log may be read by its group.
            sys.processes().setUmask(LOG_UMASK);
            return new Pump(sys, keepOnly(io), target, longestLine).run();
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
