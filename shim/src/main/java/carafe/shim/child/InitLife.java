package carafe.shim.child;

import carafe.shim.json.JsonException;
import carafe.shim.spec.ProcessSpec;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import org.jspecify.annotations.Nullable;

/** A container's first process from the end of its making to its program. */
final class InitLife {
    private static final int EXIT_NEVER_STARTED = 0;

    private final Syscalls sys;
    private final Progress progress;
    private final SetupChild child;
    private final ProcessSpec process;
    private final @Nullable Buffer filter;

    InitLife(
            Syscalls sys,
            Progress progress,
            SetupChild child,
            ProcessSpec process,
            @Nullable Buffer filter) {
        this.sys = sys;
        this.progress = progress;
        this.child = child;
        this.process = process;
        this.filter = filter;
    }

    /** Waits for the start, then becomes the program; ends quietly when the start never comes. */
    int run(ChildIo io, int start, StartHooks hooks)
            throws SyscallException, RefusedException, JsonException {
        ContainerProcess init = new ContainerProcess(sys, progress, process, filter);
        init.prepare(io.hasTerminal());
        child.status().ready();
        if (!isOrdered(sys, start)) {
            return EXIT_NEVER_STARTED;
        }
        hooks.run(sys, progress, process, filter);
        return init.execute(child.statusFd());
    }

    /** Whether the order to go on comes, and not the end of whoever would give it. */
    static boolean isOrdered(Syscalls sys, int start) {
        Buffer order = sys.memory().allocate(1);
        int got = sys.files().read(start, order, 0, 1);
        while (got == -Errno.EINTR) {
            got = sys.files().read(start, order, 0, 1);
        }
        order.free();
        return got == 1;
    }
}
