package carafe.image.local;

import carafe.base.CarafeException;
import carafe.linux.SyscallException;
import carafe.linux.fs.Ballast;
import carafe.linux.fs.FileCalls;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Disk space held back so that things can be removed when the disk is full: even a removal may need
 * a block for a directory. Thread-safe.
 */
final class SpaceReserve {
    private static final Logger LOG = LoggerFactory.getLogger(SpaceReserve.class);
    private static final long BYTES = 8L << 20;

    private final Ballast ballast;
    private boolean held;

    SpaceReserve(FileCalls calls, Path dir) {
        this.ballast = new Ballast(calls, dir, "ballast", BYTES);
    }

    /** Runs the removal, and once more with the held space when there was none left. */
    <T> T spendOnFullDisk(Supplier<T> removal) {
        try {
            return removal.get();
        } catch (CarafeException.Exhausted e) {
            spend();
            return removal.get();
        }
    }

    private synchronized void spend() {
        try {
            ballast.release();
            held = false;
        } catch (SyscallException e) {
            LOG.atWarn().setCause(e).log("Cannot give up the held back disk space");
        }
    }

    /** Holds the space again, if there is so much; nothing happens when it is held. */
    synchronized void restore() {
        if (held) {
            return;
        }
        try {
            ballast.reserve();
            held = true;
        } catch (SyscallException e) {
            LOG.atWarn().setCause(e).log("No room to hold back disk space for removals");
        }
    }
}
