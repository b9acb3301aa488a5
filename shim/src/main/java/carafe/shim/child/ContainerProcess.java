package carafe.shim.child;

import carafe.shim.spec.ProcessSpec;
import carafe.shim.spec.ProcessSpec.Limit;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.sys.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * The process inside the container, init or exec'd: one road for both, so an exec'd process has
 * exactly init's isolation. It was born with nothing of the machine but descriptors 0 to 2, the
 * status pipe and a pipe that holds it until it may run.
 */
final class ContainerProcess {
    private static final int EXIT_FAILED = 128;

    /** Where the status pipe is put, so that all above can be closed in one call. */
    private static final int STATUS = 3;

    private final Syscalls sys;
    private final Progress progress;
    private final ProcessSpec process;
    private final @Nullable Buffer filter;

    ContainerProcess(
            Syscalls sys, Progress progress, ProcessSpec process, @Nullable Buffer filter) {
        this.sys = sys;
        this.progress = progress;
        this.process = process;
        this.filter = filter;
    }

    /** Session, terminal, limits and working directory: what can be done before the start. */
    void prepare(boolean terminal) throws SyscallException, RefusedException {
        progress.at("process.session");
        sys.processes().newSession();
        if (terminal) {
            sys.sockets().setControllingTerminal(0);
        }
        for (Limit limit : process.limits()) {
            progress.at("process.limit", limit.name());
            setLimit(limit);
        }
        progress.at("process.cwd", Utf8.decode(process.cwd(), 0, process.cwd().length));
        if (process.cwd().length == 0 || process.cwd()[0] != '/') {
            throw new RefusedException("the working directory must be absolute");
        }
        sys.processes().changeDirectory(process.cwd());
        if (!sys.processes().workingDirectory().startsWith("/")) {
            throw new RefusedException("the working directory is outside of the container");
        }
    }

    /** Without CAP_SYS_RESOURCE a hard limit cannot rise; then as much as is allowed. */
    private void setLimit(Limit limit) throws SyscallException {
        try {
            sys.processes().setLimit(limit.resource(), limit.soft(), limit.hard());
        } catch (SyscallException e) {
            if (e.errno() != Errno.EPERM) {
                throw e;
            }
            long hard = min(limit.hard(), sys.processes().hardLimit(limit.resource()));
            sys.processes().setLimit(limit.resource(), min(limit.soft(), hard), hard);
        }
    }

    private static long min(long a, long b) {
        return Long.compareUnsigned(a, b) < 0 ? a : b;
    }

    /**
     * Becomes the program.
     *
     * @param status descriptor of the status pipe
     * @return exit code, when it could not
     */
    int execute(int status) throws SyscallException, RefusedException {
        progress.at("process.exec");
        Program program = new Program(sys.processes(), process);
        progress.at("process.descriptors");
        if (status != STATUS) {
            sys.files().duplicateTo(status, STATUS, FileCalls.O_CLOEXEC);
        }
        sys.files().closeRange(STATUS + 1, -1);
        StatusWriter writer = new StatusWriter(sys.files(), STATUS);
        try {
            sys.processes().setUmask(process.user().umask());
            Credentials credentials = new Credentials(sys.credentials(), sys.processes(), progress);
            credentials.apply(process, filter != null);
            credentials.loadFilter(filter);
        } catch (SyscallException e) {
            writer.failed(progress, e.errno(), e.getMessage());
            return EXIT_FAILED;
        } catch (RefusedException e) {
            writer.failed(progress, 0, e.getMessage());
            return EXIT_FAILED;
        }
        int errno = program.execute();
        progress.at("process.exec", program.name());
        writer.failed(progress, errno, program.explain(errno));
        return EXIT_FAILED;
    }
}
