package carafe.shim.control;

import carafe.shim.record.BundleRecords;
import carafe.shim.record.ExitRecord;
import carafe.shim.record.OwnLog;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.SyscallException;
import org.jspecify.annotations.Nullable;

/**
 * Writes the exit record, again every second while it cannot be written: as long as it is not on
 * disk, this process is the only one that knows the code.
 */
final class ExitReport {
    private static final long AGAIN_NANOS = 1_000_000_000L;

    private final BundleRecords records;
    private final OwnLog ownLog;
    private @Nullable ExitRecord unwritten;
    private long againNanos = Party.NEVER;
    private boolean written;

    ExitReport(FileCalls files) {
        this.records = new BundleRecords(files);
        this.ownLog = new OwnLog(files, "control");
    }

    boolean isWritten() {
        return written;
    }

    /** Monotonic time of the next attempt. */
    long deadlineNanos() {
        return againNanos;
    }

    void write(ExitRecord record, long nowNanos) {
        try {
            records.write(record);
            written = true;
            unwritten = null;
            againNanos = Party.NEVER;
        } catch (SyscallException e) {
            ownLog.say("exit record: " + e.getMessage());
            unwritten = record;
            againNanos = nowNanos + AGAIN_NANOS;
        }
    }

    void writeAgain(long nowNanos) {
        if (unwritten != null && nowNanos >= againNanos) {
            write(unwritten, nowNanos);
        }
    }
}
