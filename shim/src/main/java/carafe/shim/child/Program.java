package carafe.shim.child;

import carafe.shim.spec.ProcessSpec;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Utf8;
import java.util.ArrayList;
import java.util.List;

/**
 * What is executed, laid out in native memory beforehand: behind a seccomp filter nothing may be
 * allocated any more. A name without a slash is looked for in the directories of the container's
 * own PATH, by executing it.
 */
final class Program {
    private static final String DEFAULT_PATH =
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final ProcessCalls processes;
    private final String name;
    private final boolean searched;
    private final Buffer[] candidates;
    private final Buffer args;
    private final Buffer env;

    Program(ProcessCalls processes, ProcessSpec process) throws SyscallException, RefusedException {
        if (process.args().length == 0 || process.args()[0].length == 0) {
            throw new RefusedException("no command was given");
        }
        byte[] first = process.args()[0];
        this.processes = processes;
        this.name = Utf8.decode(first, 0, first.length);
        this.searched = name.indexOf('/') < 0;
        this.args = processes.strings(process.args());
        this.env = processes.strings(process.env());
        List<byte[]> paths = searched ? search(first, path(process.env())) : List.of(first);
        this.candidates = new Buffer[paths.size()];
        for (int i = 0; i < candidates.length; i++) {
            candidates[i] = processes.strings(new byte[][] {paths.get(i)});
        }
    }

    /** Becomes the program; returns the error number when it cannot. */
    int execute() {
        int worst = Errno.ENOENT;
        for (Buffer candidate : candidates) {
            int errno = -processes.exec(candidate, args, env);
            if (errno == Errno.EACCES) {
                worst = errno;
            } else if (errno != Errno.ENOENT && errno != Errno.ENOTDIR) {
                return errno;
            }
        }
        return worst;
    }

    String name() {
        return name;
    }

    /** What to tell the user about the error number of {@link #execute}. */
    String explain(int errno) {
        String reason =
                searched && errno == Errno.ENOENT ? "not found in $PATH" : Errno.text(errno);
        return "exec: " + name + ": " + reason;
    }

    private static byte[] path(byte[][] env) {
        for (byte[] entry : env) {
            if (entry.length >= 5
                    && entry[0] == 'P'
                    && entry[1] == 'A'
                    && entry[2] == 'T'
                    && entry[3] == 'H'
                    && entry[4] == '=') {
                byte[] value = new byte[entry.length - 5];
                System.arraycopy(entry, 5, value, 0, value.length);
                return value;
            }
        }
        return Utf8.encode(DEFAULT_PATH);
    }

    /** Absolute directories only: what is relative would depend on the working directory. */
    private static List<byte[]> search(byte[] name, byte[] path) {
        List<byte[]> paths = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= path.length; i++) {
            if (i < path.length && path[i] != ':') {
                continue;
            }
            if (i > start && path[start] == '/') {
                byte[] full = new byte[i - start + 1 + name.length];
                System.arraycopy(path, start, full, 0, i - start);
                full[i - start] = '/';
                System.arraycopy(name, 0, full, i - start + 1, name.length);
                paths.add(full);
            }
            start = i + 1;
        }
        return paths;
    }
}
