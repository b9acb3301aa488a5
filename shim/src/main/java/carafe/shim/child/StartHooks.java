package carafe.shim.child;

import carafe.shim.json.Json;
import carafe.shim.json.JsonException;
import carafe.shim.spec.HookSpec;
import carafe.shim.spec.ProcessSpec;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.sys.Utf8;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hooks {@code startContainer}: run by init when it has been told to start, in the container and
 * exactly as its program will be, since their files are the image's: same user, same rights, same
 * filter.
 */
final class StartHooks {
    private static final long ALL_MILLIS = 20_000;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final List<HookSpec> hooks;
    private final Json config;
    private final String id;
    private final String bundle;

    private StartHooks(List<HookSpec> hooks, Json config, String id, String bundle) {
        this.hooks = hooks;
        this.config = config;
        this.id = id;
        this.bundle = bundle;
    }

    /**
     * Reads them while the bundle can still be seen.
     *
     * @param id of the container
     */
    static StartHooks read(Syscalls sys, Json config, String id)
            throws SyscallException, JsonException {
        List<HookSpec> hooks = HookSpec.of(config, HookSpec.START_CONTAINER);
        return new StartHooks(hooks, config, id, sys.processes().workingDirectory());
    }

    /** Runs them, the first that fails being the last. */
    void run(Syscalls sys, Progress progress, ProcessSpec process, @Nullable Buffer filter)
            throws SyscallException, RefusedException, JsonException {
        if (hooks.isEmpty()) {
            return;
        }
        byte[] state = HookState.of(config, id, "created", sys.processes().pid(), bundle);
        sys.processes().ignoreSignal(ProcessCalls.SIGPIPE);
        long end = now(sys) + ALL_MILLIS;
        for (HookSpec hook : hooks) {
            progress.at("hooks." + hook.moment(), hook.path());
            long own = hook.timeoutMillis() == 0 ? Hooks.DEFAULT_MILLIS : hook.timeoutMillis();
            byte[][] args = hook.args().clone();
            args[0] = Utf8.encode(hook.path());
            ProcessSpec asHook = process.running(args, hook.env(), process.cwd());
            new HookProcess(sys, hook, state)
                    .run(
                            Math.max(0, Math.min(own, end - now(sys))),
                            status ->
                                    new ContainerProcess(sys, new Progress(), asHook, filter)
                                            .execute(status));
        }
        sys.processes().resetSignals();
    }

    private static long now(Syscalls sys) {
        return sys.processes().nanos(ProcessCalls.CLOCK_MONOTONIC) / NANOS_PER_MILLI;
    }
}
