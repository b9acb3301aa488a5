package carafe.shim.child;

import carafe.shim.json.Json;
import carafe.shim.json.JsonException;
import carafe.shim.spec.ProcessSpec;
import carafe.shim.spec.ProgramSpec;
import carafe.shim.spec.ShimSpec;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.wire.Codec;
import carafe.shim.wire.Request;
import carafe.shim.wire.WireException;

/** The setup child that enters a container to run one more process in it. */
final class ExecSetup {
    private static final long ALL_NAMESPACES =
            ProcessCalls.CLONE_NEWNS
                    | ProcessCalls.CLONE_NEWCGROUP
                    | ProcessCalls.CLONE_NEWUTS
                    | ProcessCalls.CLONE_NEWIPC
                    | ProcessCalls.CLONE_NEWNET
                    | ProcessCalls.CLONE_NEWPID;

    private final Syscalls sys;
    private final Progress progress;
    private final SetupChild child;
    private final BundleFiles bundle;

    ExecSetup(Syscalls sys, Progress progress, SetupChild child) {
        this.sys = sys;
        this.progress = progress;
        this.child = child;
        this.bundle = new BundleFiles(sys.files(), sys.memory());
    }

    int run(ExecFrame frame, int initPidfd, ChildIo io)
            throws SyscallException, RefusedException, JsonException {
        child.begin(io, initPidfd);
        progress.at("bundle.read", "shim.json");
        Json shimJson = Json.parse(bundle.read("shim.json"));
        ProgramSpec program = ProgramSpec.of(shimJson);
        if (program != null) {
            return new ProgramExec(sys, progress, child, program).run(frame, io);
        }
        ShimSpec shim = ShimSpec.of(shimJson);
        ProcessSpec process = decode(frame);
        progress.at("seccomp.read");
        Buffer filter = shim.seccompFile() == null ? null : bundle.load(shim.seccompFile());
        progress.at("process.streams");
        StandardStreams streams = new StandardStreams(sys.files());
        MappedUser owner = MappedUser.of(process.user(), shim.idMaps());
        streams.give(owner.uid(), owner.gid());
        HostProc proc = HostProc.open(sys.files());
        new CgroupJoin(sys.files(), progress).join(shim.cgroups().join());
        new HostSettings(proc, bundle, progress).apply(process);
        proc.close();
        enter(initPidfd, shim.idMaps() != null);
        int flags = FileCalls.O_PATH | FileCalls.O_DIRECTORY | FileCalls.O_CLOEXEC;
        InRoot root = new InRoot(sys.files(), sys.files().open(FileCalls.AT_FDCWD, "/", flags, 0));
        if (io.hasTerminal()) {
            Terminal terminal = new Terminal(sys.files(), sys.sockets(), root, progress);
            streams.installTerminal(terminal.open(process, io.terminalSocket()));
        }
        progress.at("process.streams");
        streams.useNullOf(root);
        ContainerProcess execd = new ContainerProcess(sys, progress, process, filter);
        return child.bear(() -> {
            execd.prepare(io.hasTerminal());
            return execd.execute(child.statusFd());
        });
    }

    private ProcessSpec decode(ExecFrame frame) throws RefusedException, JsonException {
        progress.at("exec.request");
        byte[] body = new byte[frame.length()];
        frame.buffer().get(frame.offset(), body, 0, body.length);
        try {
            if (Codec.decode(body) instanceof Request.Exec exec) {
                return ProcessSpec.of(Json.parse(exec.process()))
                        .running(exec.args(), exec.env(), exec.cwd());
            }
            throw new RefusedException("the request is not one to run a process");
        } catch (WireException e) {
            throw new RefusedException(String.valueOf(e.getMessage()));
        }
    }

    /**
     * @param mapped whether the container has a user namespace; entering one's own is an error
     */
    private void enter(int initPidfd, boolean mapped) throws SyscallException, RefusedException {
        progress.at("namespace.enter");
        try {
            long user = mapped ? ProcessCalls.CLONE_NEWUSER : 0;
            sys.processes().enter(initPidfd, ALL_NAMESPACES | user);
            if (mapped) {
                UserNamespaces.becomeRoot(sys.credentials());
            }
        } catch (SyscallException e) {
            if (e.errno() == Errno.ESRCH) {
                throw new RefusedException("the container is not running");
            }
            throw e;
        }
        sys.files().close(initPidfd);
    }
}
