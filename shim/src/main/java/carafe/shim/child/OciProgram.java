package carafe.shim.child;

import carafe.shim.spec.ProgramSpec;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.sys.Utf8;
import carafe.shim.sys.WaitCalls;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs another OCI runtime, one command at a time, from a forked child whose working directory is
 * the bundle. The program gets an environment from scratch, no descriptor but the standard streams,
 * and a deadline; it dies with its caller. Its state is in {@code runtime/} of the bundle.
 */
final class OciProgram {
    private static final String STATE = "runtime";
    private static final int STATUS = 3;
    private static final int NOT_EXECUTED = 127;
    private static final int USUAL_UMASK = 022;
    private static final long NANOS_PER_MILLI = 1_000_000L;
    private static final long TERMINATED = 1L << (ProcessCalls.SIGTERM - 1);
    private static final long BROKEN_PIPE = 1L << (ProcessCalls.SIGPIPE - 1);
    private static final String[] ENVIRONMENT = {
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"
    };

    private final Syscalls sys;
    private final Progress progress;
    private final ProgramSpec spec;
    private final String name;
    private final int cancelled;

    private OciProgram(Syscalls sys, Progress progress, ProgramSpec spec, int cancelled) {
        this.sys = sys;
        this.progress = progress;
        this.spec = spec;
        this.name = spec.program().substring(spec.program().lastIndexOf('/') + 1);
        this.cancelled = cancelled;
    }

    /**
     * From here on SIGTERM cancels the command that runs, instead of ending this process, and
     * whatever the command leaves behind becomes this process's child.
     */
    static OciProgram prepare(Syscalls sys, Progress progress, ProgramSpec spec)
            throws SyscallException {
        progress.at("runtime.prepare", spec.program());
        sys.processes().setSignalMask(TERMINATED | BROKEN_PIPE);
        int cancelled = sys.waits().signalDescriptor(TERMINATED);
        sys.processes().becomeSubreaper();
        return new OciProgram(sys, progress, spec, cancelled);
    }

    /**
     * Runs a command on the container and waits for its end.
     *
     * @param command such as {@code create}
     * @param options between the command and the container's name
     * @param limitMillis when it is killed
     * @throws RefusedException with the program's own words when it fails, or is late or cancelled
     */
    void run(String command, List<String> options, long limitMillis)
            throws SyscallException, RefusedException {
        progress.at("runtime." + command, spec.program());
        RuntimeLog log = new RuntimeLog(sys, ".runtime." + sys.processes().pid() + ".log");
        byte[][] arguments = arguments(command, options, log.name());
        log.delete();
        long status = sys.files().pipe(0);
        try {
            int child = start(arguments, status);
            int waitStatus = await(child, command, limitMillis);
            byte[] errno = new byte[1];
            if (sys.files().read(FileCalls.readEnd(status), errno, 0, 1) == 1) {
                throw new SyscallException("execve", spec.program(), errno[0] & 0xff);
            }
            if (waitStatus != 0) {
                String words = log.lastError();
                String reason = words.isEmpty() ? describe(waitStatus) : words;
                throw new RefusedException(name + " " + command + ": " + reason);
            }
        } finally {
            sys.files().close(FileCalls.readEnd(status));
            log.delete();
        }
    }

    /** Only the program's copy of the writing end is left afterwards. */
    private int start(byte[][] arguments, long status) throws SyscallException {
        try {
            return fork(arguments, status);
        } finally {
            sys.files().close(FileCalls.writeEnd(status));
        }
    }

    private byte[][] arguments(String command, List<String> options, String log)
            throws SyscallException {
        String here = sys.processes().workingDirectory();
        List<String> texts = new ArrayList<>();
        texts.add(spec.program());
        texts.add("--root");
        texts.add(here + "/" + STATE);
        texts.add("--log");
        texts.add(here + "/" + log);
        texts.add("--log-format");
        texts.add("json");
        texts.add(command);
        texts.addAll(options);
        texts.add(spec.id());
        byte[][] arguments = new byte[texts.size()][];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = Utf8.encode(texts.get(i));
        }
        return arguments;
    }

    private int fork(byte[][] arguments, long status) throws SyscallException {
        ProcessCalls processes = sys.processes();
        byte[][] variables = new byte[ENVIRONMENT.length][];
        for (int i = 0; i < variables.length; i++) {
            variables[i] = Utf8.encode(ENVIRONMENT[i]);
        }
        Buffer path = processes.strings(new byte[][] {Utf8.encode(spec.program())});
        Buffer args = processes.strings(arguments);
        Buffer env = processes.strings(variables);
        int pid = processes.fork();
        if (pid == 0) {
            processes.exit(become(path, args, env, FileCalls.writeEnd(status)));
        }
        path.free();
        args.free();
        env.free();
        return pid;
    }

    /** In the child; returns when it could not become the program. */
    private int become(Buffer path, Buffer args, Buffer env, int status) {
        int errno;
        try {
            sys.processes().setParentDeathSignal(ProcessCalls.SIGKILL);
            sys.processes().resetSignals();
            sys.processes().setUmask(USUAL_UMASK);
            if (status != STATUS) {
                sys.files().duplicateTo(status, STATUS, FileCalls.O_CLOEXEC);
            }
            sys.files().closeRange(STATUS + 1, -1);
            errno = -sys.processes().exec(path, args, env);
        } catch (SyscallException e) {
            errno = e.errno();
        }
        byte[] report = {(byte) errno};
        int _ = sys.files().write(STATUS, report, 0, 1);
        return NOT_EXECUTED;
    }

    private int await(int child, String command, long limitMillis)
            throws SyscallException, RefusedException {
        Buffer entries = sys.memory().allocate(2 * WaitCalls.POLLFD);
        int pidfd = -1;
        try {
            pidfd = sys.processes().openPidfd(child);
            long end = now() + limitMillis * NANOS_PER_MILLI;
            while (true) {
                watch(entries, pidfd);
                long left = Math.max(0, (end - now()) / NANOS_PER_MILLI);
                int events = sys.waits().poll(entries, 2, left);
                if (events > 0 && entries.getShort(6) != 0) {
                    return reap(child);
                }
                if (now() >= end) {
                    String within = "within " + limitMillis + " ms";
                    throw new SyscallException(name + " " + command, within, Errno.ETIMEDOUT);
                }
                if (events > 0 && entries.getShort(WaitCalls.POLLFD + 6) != 0) {
                    throw new SyscallException(name + " " + command, "", Errno.ECANCELED);
                }
            }
        } catch (SyscallException e) {
            kill(child);
            throw e;
        } finally {
            sys.files().close(pidfd);
            entries.free();
        }
    }

    private void watch(Buffer entries, int pidfd) {
        entries.putInt(0, pidfd);
        entries.putInt(4, WaitCalls.POLLIN);
        entries.putInt(WaitCalls.POLLFD, cancelled);
        entries.putInt(WaitCalls.POLLFD + 4, WaitCalls.POLLIN);
    }

    private void kill(int child) throws SyscallException {
        sys.processes().signalChild(child, ProcessCalls.SIGKILL);
        int _ = reap(child);
    }

    private int reap(int child) throws SyscallException {
        Buffer status = sys.memory().allocate(4);
        try {
            int reaped = sys.processes().wait(child, status);
            while (reaped == -Errno.EINTR) {
                reaped = sys.processes().wait(child, status);
            }
            if (reaped < 0) {
                throw new SyscallException("wait4", name, -reaped);
            }
            return status.getInt(0);
        } finally {
            status.free();
        }
    }

    private static String describe(int waitStatus) {
        int signal = waitStatus & 0x7f;
        return signal > 0
                ? "it was ended by signal " + signal
                : "it ended with code " + ((waitStatus >> 8) & 0xff) + " and said nothing";
    }

    private long now() {
        return sys.processes().nanos(ProcessCalls.CLOCK_MONOTONIC);
    }
}
