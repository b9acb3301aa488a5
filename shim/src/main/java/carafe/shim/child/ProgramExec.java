package carafe.shim.child;

import carafe.shim.json.Json;
import carafe.shim.json.JsonException;
import carafe.shim.json.JsonWriter;
import carafe.shim.spec.ProgramSpec;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.sys.Utf8;
import carafe.shim.wire.Codec;
import carafe.shim.wire.Request;
import carafe.shim.wire.WireException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The setup child that has another OCI runtime run one more process in a container. The process is
 * detached from the program, so it becomes this child's and, when this one has reported it and
 * ended, control's.
 */
final class ProgramExec {
    private static final long EXEC_MILLIS = 30_000;
    private static final int EXIT_OK = 0;
    private static final List<String> REPLACED = List.of("args", "env", "cwd", "terminal");

    private final Syscalls sys;
    private final Progress progress;
    private final SetupChild child;
    private final ProgramSpec spec;

    ProgramExec(Syscalls sys, Progress progress, SetupChild child, ProgramSpec spec) {
        this.sys = sys;
        this.progress = progress;
        this.child = child;
        this.spec = spec;
    }

    int run(ExecFrame frame, ChildIo io) throws SyscallException, RefusedException, JsonException {
        progress.at("exec.request");
        byte[] process = process(decode(frame));
        OciProgram program = OciProgram.prepare(sys, progress, spec);
        int pid = start(program, process, io);
        progress.at("runtime.report");
        if (!child.status().born(pid)) {
            sys.processes().signalChild(pid, ProcessCalls.SIGKILL);
        }
        return EXIT_OK;
    }

    private int start(OciProgram program, byte[] process, ChildIo io)
            throws SyscallException, RefusedException {
        String file = ".runtime." + sys.processes().pid() + ".json";
        PidFile pidFile = new PidFile(sys);
        ProgramConsole console = new ProgramConsole(sys, io);
        List<String> options =
                new ArrayList<>(
                        List.of("--process", file, "--detach", "--pid-file", pidFile.name()));
        try {
            write(file, process);
            console.open(options);
            program.run("exec", options, EXEC_MILLIS);
            console.forward();
            return pidFile.read();
        } catch (SyscallException | RefusedException e) {
            pidFile.kill();
            throw e;
        } finally {
            console.close();
            pidFile.delete();
            delete(file);
        }
    }

    private static Request.Exec decode(ExecFrame frame) throws RefusedException {
        byte[] body = new byte[frame.length()];
        frame.buffer().get(frame.offset(), body, 0, body.length);
        try {
            if (Codec.decode(body) instanceof Request.Exec exec) {
                return exec;
            }
            throw new RefusedException("the request is not one to run a process");
        } catch (WireException e) {
            throw new RefusedException("the request is damaged: " + e.getMessage());
        }
    }

    /** The process object of the runtime-spec. */
    private byte[] process(Request.Exec exec) throws RefusedException, JsonException {
        JsonWriter out = new JsonWriter().beginObject();
        for (Json member : Json.parse(exec.process()).members()) {
            if (!REPLACED.contains(member.name()) && !member.isMissing()) {
                out.name(member.name()).copy(member);
            }
        }
        out.name("terminal").flag(exec.terminal());
        out.name("args").beginList();
        for (byte[] argument : exec.args()) {
            out.string(text(argument, "an argument"));
        }
        out.endList().name("env").beginList();
        for (byte[] entry : exec.env()) {
            out.string(text(entry, "the environment"));
        }
        out.endList().name("cwd").string(text(exec.cwd(), "the working directory"));
        return out.endObject().bytes();
    }

    private byte[] text(byte[] bytes, String what) throws RefusedException {
        if (!Arrays.equals(Utf8.encode(Utf8.decode(bytes, 0, bytes.length)), bytes)) {
            throw new RefusedException(
                    what
                            + " holds bytes that are no text, which "
                            + spec.program()
                            + " cannot be told");
        }
        return bytes;
    }

    private void write(String name, byte[] content) throws SyscallException {
        int flags =
                FileCalls.O_WRONLY
                        | FileCalls.O_CREAT
                        | FileCalls.O_TRUNC
                        | FileCalls.O_NOFOLLOW
                        | FileCalls.O_CLOEXEC;
        int fd = sys.files().open(FileCalls.AT_FDCWD, name, flags, 0600);
        int done = 0;
        while (done < content.length) {
            int n = sys.files().write(fd, content, done, content.length - done);
            if (n < 0) {
                sys.files().close(fd);
                throw new SyscallException("write", name, -n);
            }
            done += n;
        }
        sys.files().close(fd);
    }

    private void delete(String name) {
        try {
            sys.files().unlink(FileCalls.AT_FDCWD, name, 0);
        } catch (SyscallException e) {
            // It goes with the bundle.
        }
    }
}
