package carafe.shim.child;

import carafe.shim.spec.ProgramSpec;
import carafe.shim.spec.ShimSpec;
import carafe.shim.spec.ShimSpec.VolumeSpec;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.MountCalls;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import java.util.ArrayList;
import java.util.List;

/**
 * The setup child that has another OCI runtime make the container. It mounts the root file system
 * in a mount namespace of its own, so that it never enters the machine's mount table; the program
 * takes its copy from there. The container's first process is the program's orphan and becomes
 * control's child when this process ends, which is after it has been reported: so control knows
 * whom it reaps.
 */
final class ProgramInit {
    private static final long CREATE_MILLIS = 45_000;
    private static final long START_MILLIS = 30_000;
    private static final int EXIT_OK = 0;
    private static final int DIRECTORY =
            FileCalls.O_PATH | FileCalls.O_DIRECTORY | FileCalls.O_CLOEXEC;
    private static final String STAGED = "staged";

    private final Syscalls sys;
    private final Progress progress;
    private final SetupChild child;
    private final ProgramSpec spec;

    ProgramInit(Syscalls sys, Progress progress, SetupChild child, ProgramSpec spec) {
        this.sys = sys;
        this.progress = progress;
        this.child = child;
        this.spec = spec;
    }

    /**
     * Creates, reports, and leaves behind a process that waits for the start.
     *
     * @param start read end of the pipe on which the start is ordered
     */
    int run(ShimSpec shim, ChildIo io, int start) throws SyscallException, RefusedException {
        progress.at("runtime.env");
        if (shim.env() != null) {
            throw new RefusedException(
                    "the environment holds bytes that are no text, which "
                            + spec.program()
                            + " cannot be told");
        }
        OciProgram program = OciProgram.prepare(sys, progress, spec);
        mount(shim);
        PidFile pidFile = new PidFile(sys);
        int pid = create(program, io, pidFile);
        progress.at("runtime.report");
        if (!child.status().born(pid)) {
            sys.processes().signalChild(pid, ProcessCalls.SIGKILL);
            return EXIT_OK;
        }
        child.status().ready();
        // Its memory is this process's, so it is the one that goes on.
        if (sys.processes().fork() != 0) {
            return EXIT_OK;
        }
        return awaitStart(program, start);
    }

    private int create(OciProgram program, ChildIo io, PidFile pidFile)
            throws SyscallException, RefusedException {
        ProgramConsole console = new ProgramConsole(sys, io);
        List<String> options = new ArrayList<>(List.of("--pid-file", pidFile.name()));
        try {
            console.open(options);
            program.run("create", options, CREATE_MILLIS);
            console.forward();
            return pidFile.read();
        } catch (SyscallException | RefusedException e) {
            pidFile.kill();
            throw e;
        } finally {
            console.close();
            pidFile.delete();
        }
    }

    private int awaitStart(OciProgram program, int start)
            throws SyscallException, RefusedException {
        Buffer order = sys.memory().allocate(1);
        int got = sys.files().read(start, order, 0, 1);
        while (got == -Errno.EINTR) {
            got = sys.files().read(start, order, 0, 1);
        }
        order.free();
        if (got == 1) {
            program.run("start", List.of(), START_MILLIS);
        }
        return EXIT_OK;
    }

    private void mount(ShimSpec shim) throws SyscallException, RefusedException {
        int[] trees = new int[spec.staged().size()];
        for (int i = 0; i < trees.length; i++) {
            String source = spec.staged().get(i);
            progress.at("mounts.source", source);
            int flags = MountCalls.OPEN_TREE_CLONE | MountCalls.AT_RECURSIVE;
            trees[i] =
                    ImageVolumes.of(source, shim.volumes()) == null
                            ? sys.mounts().openTree(FileCalls.AT_FDCWD, source, flags)
                            : -1;
        }
        progress.at("mounts.private");
        sys.processes().unshare(ProcessCalls.CLONE_NEWNS);
        sys.mounts().mount(null, "/", null, MountCalls.MS_REC | MountCalls.MS_PRIVATE, null);
        int bundle = sys.files().open(FileCalls.AT_FDCWD, ".", DIRECTORY, 0);
        RootFileSystem root = new RootFileSystem(sys, progress, shim.mountLabel());
        ImageVolumes images =
                new ImageVolumes(
                        sys.files(), sys.mounts(), new AttachedStage(root, bundle), progress);
        for (int i = 0; i < trees.length; i++) {
            VolumeSpec volume = ImageVolumes.of(spec.staged().get(i), shim.volumes());
            if (volume != null && !volume.isOwn()) {
                trees[i] = images.tree(spec.staged().get(i), volume);
            }
        }
        if (shim.rootfs() != null) {
            int mounted = root.mountOverlay(shim.rootfs(), bundle);
            SystemDirectories.require(sys.files(), mounted, progress);
            takeOwn(trees, shim.volumes(), new InRoot(sys.files(), mounted));
            sys.files().close(mounted);
        }
        sys.files().close(bundle);
        if (trees.length > 0) {
            stage(trees);
        }
    }

    /** Parts of the root itself, which the program binds where they are, writable ones. */
    private void takeOwn(int[] trees, List<VolumeSpec> volumes, InRoot root)
            throws SyscallException {
        OwnVolumes own = new OwnVolumes(sys.files(), sys.mounts(), progress);
        for (int i = 0; i < trees.length; i++) {
            VolumeSpec volume = ImageVolumes.of(spec.staged().get(i), volumes);
            if (volume != null && volume.isOwn()) {
                trees[i] = own.tree(volume.subPath(), root);
            }
        }
    }

    /**
     * Copies that were taken in the machine's mount namespace are still in its peer groups, so what
     * the program binds from them spreads as it is asked to.
     */
    private void stage(int[] trees) throws SyscallException, RefusedException {
        progress.at("mounts.stage", STAGED);
        int made =
                new FileSystems(sys.files(), sys.mounts())
                        .make("tmpfs", "", List.of("mode=0700"), 0);
        int target = sys.files().open(FileCalls.AT_FDCWD, STAGED, DIRECTORY, 0);
        sys.mounts().attach(made, target);
        sys.files().close(target);
        for (int i = 0; i < trees.length; i++) {
            progress.at("mounts.stage", spec.staged().get(i));
            boolean directory = sys.files().status(trees[i]).isDirectory();
            int place = place(made, String.valueOf(i), directory);
            sys.mounts().attach(trees[i], place);
            sys.files().close(place);
            sys.files().close(trees[i]);
        }
        sys.files().close(made);
    }

    private int place(int parent, String name, boolean directory) throws SyscallException {
        if (directory) {
            sys.files().makeDirectory(parent, name, 0700);
            return sys.files().open(parent, name, DIRECTORY, 0);
        }
        int flags = FileCalls.O_RDONLY | FileCalls.O_CREAT | FileCalls.O_EXCL | FileCalls.O_CLOEXEC;
        sys.files().close(sys.files().open(parent, name, flags, 0600));
        return sys.files().open(parent, name, FileCalls.O_PATH | FileCalls.O_CLOEXEC, 0);
    }
}
