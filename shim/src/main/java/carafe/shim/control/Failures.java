package carafe.shim.control;

import carafe.shim.sys.SyscallException;
import carafe.shim.wire.Reply;

/** What went wrong, in the words of the wire. */
final class Failures {
    private Failures() {}

    static Reply.Failed of(String step, SyscallException e) {
        return new Reply.Failed(step, e.subject(), e.errno(), String.valueOf(e.getMessage()));
    }

    /**
     * A refusal.
     *
     * @param errno what fits best, 0 = nothing does
     */
    static Reply.Failed of(String step, int errno, String text) {
        return new Reply.Failed(step, "", errno, text);
    }
}
