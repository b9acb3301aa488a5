package carafe.shim.child;

import carafe.shim.json.Json;
import carafe.shim.json.JsonException;
import carafe.shim.spec.ContainerSpec;
import carafe.shim.spec.IdMaps;
import carafe.shim.spec.NamespaceType;
import carafe.shim.spec.ProcessSpec;
import carafe.shim.spec.ProgramSpec;
import carafe.shim.spec.ShimSpec;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.MountCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.sys.Utf8;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The setup child that makes a container. The order of its steps is docs/shim.md's. */
final class InitSetup {
    private static final int DIRECTORY =
            FileCalls.O_PATH | FileCalls.O_DIRECTORY | FileCalls.O_CLOEXEC;

    private final Syscalls sys;
    private final Progress progress;
    private final SetupChild child;
    private final BundleFiles bundle;

    InitSetup(Syscalls sys, Progress progress, SetupChild child) {
        this.sys = sys;
        this.progress = progress;
        this.child = child;
        this.bundle = new BundleFiles(sys.files(), sys.memory());
    }

    int run(ChildIo io, int start) throws SyscallException, RefusedException, JsonException {
        child.begin(io, start);
        progress.at("bundle.read", "shim.json");
        Json shimJson = Json.parse(bundle.read("shim.json"));
        ShimSpec shim = ShimSpec.of(shimJson);
        ProgramSpec program = ProgramSpec.of(shimJson);
        if (program != null) {
            return new ProgramInit(sys, progress, child, program).run(shim, io, start);
        }
        progress.at("bundle.read", "config.json");
        Json config = Json.parse(bundle.read("config.json"));
        ContainerSpec container = ContainerSpec.of(config);
        StartHooks hooks = StartHooks.read(sys, config, shim.id());
        ProcessSpec process = container.process();
        if (shim.env() != null) {
            process = process.running(process.args(), shim.env(), process.cwd());
        }
        Buffer filter = filter(container, shim);
        progress.at("process.streams");
        MappedUser owner = MappedUser.of(process.user(), shim.idMaps());
        new StandardStreams(sys.files()).give(owner.uid(), owner.gid());
        HostProc proc = HostProc.open(sys.files());
        new CgroupJoin(sys.files(), progress).join(shim.cgroups().join());
        new HostSettings(proc, bundle, progress).apply(process);
        Finish finish = makeContainer(container, shim, proc, io, start);
        InitLife init = new InitLife(sys, progress, child, process, filter);
        return child.bear(
                () -> {
                    finish.run(sys, progress);
                    return init.run(io, start, hooks);
                },
                finish.descriptors(start));
    }

    private @Nullable Buffer filter(ContainerSpec container, ShimSpec shim)
            throws SyscallException, RefusedException {
        progress.at("seccomp.read", shim.seccompFile() == null ? "" : shim.seccompFile());
        if (shim.seccompFile() != null) {
            return bundle.load(shim.seccompFile());
        }
        if (container.seccompWanted()) {
            throw new RefusedException(
                    "config.json asks for seccomp and shim.json names no compiled filter");
        }
        return null;
    }

    /** The root attached, and the mounts with all that had to be made before. */
    private record Rooted(int root, List<PlannedMount> planned) {}

    private Finish makeContainer(
            ContainerSpec container, ShimSpec shim, HostProc proc, ChildIo io, int start)
            throws SyscallException, RefusedException {
        MountCalls mounts = sys.mounts();
        Namespaces namespaces = new Namespaces(sys.files(), sys.processes(), progress);
        namespaces.open(container, shim);
        UserNamespaces made = new UserNamespaces(sys, proc, progress);
        IdMappings mappings = new IdMappings(mounts, made, shim.idMaps(), namespaces.user());
        List<PlannedMount> taken =
                new MountSources(mounts, mappings, progress)
                        .take(container.mounts(), shim.volumes());
        progress.at("paths.null_device");
        int nullDevice = HiddenPaths.takeNullDevice(sys.files(), mounts);
        IdMaps idMaps = shim.idMaps();
        boolean mapped = idMaps != null;
        Rooted rooted =
                idMaps == null
                        ? plainRoot(container, shim, namespaces, taken)
                        : mappedRoot(
                                container,
                                shim,
                                namespaces,
                                taken,
                                new MappedContainer(
                                        sys, progress, idMaps, mappings, shim.mountLabel()));
        nameMachine(container);
        new Sysctls(proc, progress).apply(container.sysctls(), owned(container));
        InRoot root = new InRoot(sys.files(), rooted.root());
        CgroupMount cgroups = new CgroupMount(sys.files(), mounts, proc);
        List<PlannedMount> now = new ArrayList<>();
        List<PlannedMount> deferred = new ArrayList<>();
        List<PlannedMount> planned =
                new OwnVolumes(sys.files(), mounts, progress)
                        .fill(rooted.planned(), shim.volumes(), root);
        for (PlannedMount mount : planned) {
            (Finish.isDeferred(mount, deferred) ? deferred : now).add(mount);
        }
        Mounts attacher = new Mounts(sys, cgroups, root, progress, shim.mountLabel());
        int dev = attacher.attachAll(now);
        fillDev(container, root, dev, io);
        makeWorkingDirectory(container.process(), root);
        if (container.waitsForHooks()) {
            progress.at("hooks.wait");
            child.status().waiting();
            if (!InitLife.isOrdered(sys, start)) {
                throw new RefusedException("the container was given up");
            }
        }
        attacher.seal(now, dev);
        pivot(rooted.root(), mapped);
        boolean readonly =
                container.rootReadonly() || (shim.rootfs() != null && shim.rootfs().readonly());
        return new Finish(container, readonly, deferred, rooted.root(), nullDevice, mapped);
    }

    private Rooted plainRoot(
            ContainerSpec container, ShimSpec shim, Namespaces namespaces, List<PlannedMount> taken)
            throws SyscallException, RefusedException {
        enter(container, namespaces);
        RootFileSystem roots = roots(shim);
        // Opened in this mount namespace: a descriptor from before would lead out of it.
        int bundle = sys.files().open(FileCalls.AT_FDCWD, ".", DIRECTORY, 0);
        ImageVolumes.Stage stage = new AttachedStage(roots, bundle);
        List<PlannedMount> planned =
                new ImageVolumes(sys.files(), sys.mounts(), stage, progress)
                        .fill(taken, shim.volumes());
        int root =
                shim.rootfs() == null
                        ? roots.mountDirectory(container.rootPath())
                        : roots.mountOverlay(shim.rootfs(), bundle);
        return new Rooted(root, planned);
    }

    private RootFileSystem roots(ShimSpec shim) {
        return new RootFileSystem(sys, progress, shim.mountLabel());
    }

    private Rooted mappedRoot(
            ContainerSpec container,
            ShimSpec shim,
            Namespaces namespaces,
            List<PlannedMount> taken,
            MappedContainer mapped)
            throws SyscallException, RefusedException {
        RootFileSystem roots = roots(shim);
        List<PlannedMount> planned =
                mapped.makeImages(
                        mapped.makeDev(taken, container.devices()), shim.volumes(), roots);
        int made = mapped.makeRoot(container, shim, roots);
        enter(container, namespaces);
        // While still the machine's root, since the bundle is none of the container's.
        int root = roots.attach(made);
        progress.at("userns.root");
        UserNamespaces.becomeRoot(sys.credentials());
        return new Rooted(root, planned);
    }

    private void enter(ContainerSpec container, Namespaces namespaces)
            throws SyscallException, RefusedException {
        namespaces.take(container);
        progress.at("mounts.private");
        sys.mounts().mount(null, "/", null, MountCalls.MS_REC | MountCalls.MS_PRIVATE, null);
    }

    private void nameMachine(ContainerSpec container) throws SyscallException {
        if (!container.ownsNamespace(NamespaceType.UTS)) {
            return;
        }
        progress.at("hostname");
        if (!container.hostname().isEmpty()) {
            sys.processes().setHostname(container.hostname());
        }
        if (!container.domainname().isEmpty()) {
            sys.processes().setDomainName(container.domainname());
        }
    }

    private static Sysctls.Owned owned(ContainerSpec container) {
        return new Sysctls.Owned(
                container.namespace(NamespaceType.NETWORK) != null,
                container.namespace(NamespaceType.IPC) != null,
                container.namespace(NamespaceType.UTS) != null);
    }

    private void fillDev(ContainerSpec container, InRoot root, int dev, ChildIo io)
            throws SyscallException, RefusedException {
        Devices devices = new Devices(sys.files(), root, progress);
        if (dev >= 0) {
            devices.makeDefaults(dev);
        }
        devices.make(container.devices());
        StandardStreams streams = new StandardStreams(sys.files());
        if (io.hasTerminal()) {
            Terminal terminal = new Terminal(sys.files(), sys.sockets(), root, progress);
            int slave = terminal.open(container.process(), io.terminalSocket());
            if (dev >= 0) {
                terminal.attachConsole(sys.mounts(), slave);
            }
            streams.installTerminal(slave);
        }
        progress.at("process.streams");
        streams.useNullOf(root);
    }

    /** One that exists is left as it is, whoever owns it. */
    private void makeWorkingDirectory(ProcessSpec process, InRoot root) throws SyscallException {
        String path = Utf8.decode(process.cwd(), 0, process.cwd().length);
        progress.at("process.cwd", path);
        try {
            sys.files().close(root.directory(path));
        } catch (SyscallException e) {
            // On a read-only file system it cannot be made; entering it will say so.
            if (e.errno() != Errno.EROFS && e.errno() != Errno.ENOTDIR) {
                throw e;
            }
        }
    }

    /**
     * There is no other way than this one: what fails here fails the container.
     *
     * @param keepOld leaves the old root below the new one, for {@link Finish} to take away
     */
    private void pivot(int rootFd, boolean keepOld) throws SyscallException {
        progress.at("rootfs.pivot");
        sys.processes().changeDirectory(rootFd);
        sys.mounts().pivotRoot(".", ".");
        if (!keepOld) {
            Finish.leaveOldRoot(sys);
        }
    }
}
