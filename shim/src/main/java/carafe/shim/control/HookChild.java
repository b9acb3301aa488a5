package carafe.shim.control;

import carafe.shim.child.Child;
import carafe.shim.child.ChildStatus;
import carafe.shim.child.Children;
import carafe.shim.child.HookStage;
import carafe.shim.child.StatusReader;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.wire.Reply;
import org.jspecify.annotations.Nullable;

/**
 * The child that runs hooks of one stage. It keeps its own deadline, so nothing here waits; what it
 * has to report fits into its pipe and is read when it has ended.
 */
final class HookChild {
    private final Syscalls sys;
    private final Children children;
    private final Buffer buffer;
    private @Nullable Child child;
    private Reply.@Nullable Failed failure;
    private boolean everRan;

    /**
     * @param buffer of {@link StatusReader}, only used within a call
     */
    HookChild(Syscalls sys, Children children, Buffer buffer) {
        this.sys = sys;
        this.children = children;
        this.buffer = buffer;
    }

    /**
     * Starts it.
     *
     * @return why it could not, null = it could
     */
    Reply.@Nullable Failed begin(HookStage stage, int pid) {
        everRan = true;
        failure = null;
        try {
            child = children.startHooks(stage, pid);
            return null;
        } catch (SyscallException e) {
            return Failures.of("hooks", e);
        }
    }

    /** Whether hooks are being run. */
    boolean isRunning() {
        return child != null;
    }

    /** Whether there is something that hooks may have left. */
    boolean haveEverRun() {
        return everRan;
    }

    /** Why the last stage has failed, null = it has not. */
    Reply.@Nullable Failed failure() {
        return failure;
    }

    /** Takes note of an ended child; whether it was the one that runs the hooks. */
    boolean reaped(int pid, int waitStatus) {
        Child ended = child;
        if (ended == null || ended.setupPid() != pid) {
            return false;
        }
        StatusReader reader = new StatusReader(sys.files(), ended.status(), buffer);
        if (reader.next() instanceof ChildStatus.Failed failed) {
            failure = new Reply.Failed(failed.step(), failed.path(), failed.errno(), failed.text());
        } else if (waitStatus != 0) {
            failure = Failures.of("hooks", 0, "what runs the hooks was ended");
        }
        sys.files().close(ended.status());
        child = null;
        return true;
    }

    /** Ends it, and with it the hook that runs. */
    void kill() {
        Child running = child;
        if (running != null) {
            try {
                sys.processes().signalChild(running.setupPid(), ProcessCalls.SIGKILL);
            } catch (SyscallException e) {
                // It has ended and waits to be reaped.
            }
        }
    }
}
