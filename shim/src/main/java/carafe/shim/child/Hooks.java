package carafe.shim.child;

import carafe.shim.json.Json;
import carafe.shim.json.JsonException;
import carafe.shim.spec.HookSpec;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.sys.Utf8;
import java.util.List;

/**
 * Runs hooks on the machine, from a forked child of control: outside of the container's cgroup,
 * with the machine's namespaces, but for {@code createContainer}, which is run in those of the
 * container except its PID namespace (that is empty yet, and ends with the first process that is in
 * it).
 */
final class Hooks {
    static final long DEFAULT_MILLIS = 10_000;

    private static final long CREATE_MILLIS = 40_000;
    private static final long START_MILLIS = 20_000;
    private static final int USUAL_UMASK = 022;
    private static final long NANOS_PER_MILLI = 1_000_000L;
    private static final long OF_CONTAINER =
            ProcessCalls.CLONE_NEWNS
                    | ProcessCalls.CLONE_NEWNET
                    | ProcessCalls.CLONE_NEWIPC
                    | ProcessCalls.CLONE_NEWUTS
                    | ProcessCalls.CLONE_NEWCGROUP;

    private final Syscalls sys;
    private final Progress progress;
    private final BundleFiles files;

    Hooks(Syscalls sys, Progress progress) {
        this.sys = sys;
        this.progress = progress;
        this.files = new BundleFiles(sys.files(), sys.memory());
    }

    /**
     * Runs those of a stage, the first that fails being the last.
     *
     * @param pid process that holds the container's namespaces
     */
    void run(HookStage stage, int pid) throws SyscallException, RefusedException, JsonException {
        progress.at("bundle.read", "config.json");
        Json config = Json.parse(files.read("config.json"));
        Json shim = Json.parse(files.read("shim.json"));
        String id = shim.get("id").string();
        String bundle = sys.processes().workingDirectory();
        switch (stage) {
            case CREATE -> {
                byte[] state = HookState.of(config, id, "creating", pid, bundle);
                long end = now() + CREATE_MILLIS;
                run(HookSpec.of(config, HookSpec.PRESTART, HookSpec.CREATE_RUNTIME), state, end);
                List<HookSpec> inside = HookSpec.of(config, HookSpec.CREATE_CONTAINER);
                if (!inside.isEmpty()) {
                    refuseMapped(shim);
                    enter(pid, bundle);
                    run(inside, state, end);
                }
            }
            case POSTSTART -> {
                byte[] state = HookState.of(config, id, "running", pid, bundle);
                run(HookSpec.of(config, HookSpec.POSTSTART), state, now() + START_MILLIS);
            }
        }
    }

    /** Of a container that is gone; one that fails keeps no other from being run. */
    void runPoststop(long limitMillis) throws SyscallException, RefusedException, JsonException {
        Json config = Json.parse(files.read("config.json"));
        String id = Json.parse(files.read("shim.json")).get("id").string();
        byte[] state = HookState.of(config, id, "stopped", 0, sys.processes().workingDirectory());
        long end = now() + limitMillis;
        for (HookSpec hook : HookSpec.of(config, HookSpec.POSTSTOP)) {
            try {
                run(List.of(hook), state, end);
            } catch (SyscallException | RefusedException e) {
                files.note(progress.step() + ": " + e.getMessage());
            }
        }
    }

    /** What is executed there may not read the bundle, in which is the root it should work on. */
    private void refuseMapped(Json shim) throws RefusedException, JsonException {
        progress.at("hooks." + HookSpec.CREATE_CONTAINER);
        if (!shim.get("uidMappings").isMissing()) {
            throw new RefusedException("createContainer hooks cannot be run in a user namespace");
        }
    }

    private void enter(int pid, String bundle) throws SyscallException {
        int pidfd = sys.processes().openPidfd(pid);
        sys.processes().enter(pidfd, OF_CONTAINER);
        sys.files().close(pidfd);
        sys.processes().changeDirectory(Utf8.encode(bundle));
    }

    private void run(List<HookSpec> hooks, byte[] state, long end)
            throws SyscallException, RefusedException {
        sys.processes().ignoreSignal(ProcessCalls.SIGPIPE);
        for (HookSpec hook : hooks) {
            progress.at("hooks." + hook.moment(), hook.path());
            long own = hook.timeoutMillis() == 0 ? DEFAULT_MILLIS : hook.timeoutMillis();
            long limit = Math.max(0, Math.min(own, end - now()));
            new HookProcess(sys, hook, state).run(limit, status -> become(hook, status));
        }
    }

    private int become(HookSpec hook, int status) throws SyscallException {
        StatusWriter writer = new StatusWriter(sys.files(), StandardStreams.FIRST_FREE);
        Buffer path = sys.processes().strings(new byte[][] {Utf8.encode(hook.path())});
        Buffer args = sys.processes().strings(hook.args());
        Buffer env = sys.processes().strings(hook.env());
        sys.processes().setUmask(USUAL_UMASK);
        if (status != StandardStreams.FIRST_FREE) {
            sys.files().duplicateTo(status, StandardStreams.FIRST_FREE, FileCalls.O_CLOEXEC);
        }
        sys.files().closeRange(StandardStreams.FIRST_FREE + 1, -1);
        int errno = -sys.processes().exec(path, args, env);
        writer.failed(progress, errno, "it cannot be executed: " + Errno.text(errno));
        return 1;
    }

    private long now() {
        return sys.processes().nanos(ProcessCalls.CLOCK_MONOTONIC) / NANOS_PER_MILLI;
    }
}
