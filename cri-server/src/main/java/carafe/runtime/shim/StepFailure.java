package carafe.runtime.shim;

import carafe.shim.wire.Reply;

/** What a shim said of its failed step; the cause of the exception that callers see. */
public final class StepFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final String step;
    private final String path;
    private final int errno;

    StepFailure(Reply.Failed failed) {
        super(failed.text());
        this.step = failed.step();
        this.path = failed.path();
        this.errno = failed.errno();
    }

    /** Stable dotted name, such as {@code rootfs.overlay}. */
    public String step() {
        return step;
    }

    /** What it was about; may be empty. */
    public String path() {
        return path;
    }

    /** 0 when no system call failed. */
    public int errno() {
        return errno;
    }
}
