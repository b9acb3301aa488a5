package carafe.runtime.shim;

import carafe.base.CarafeException;
import carafe.base.DurableFiles;
import carafe.linux.DescriptorInbox;
import carafe.linux.Fd;
import carafe.linux.PidIdentity;
import carafe.linux.PidWatch;
import carafe.linux.Processes;
import carafe.linux.ReadinessLoop;
import carafe.linux.SyscallException;
import carafe.shim.wire.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@link ShimLauncher} of real processes. Owns nothing that needs a close. */
public final class NativeShims implements ShimLauncher {
    private static final int MAX_KNOWN = 1024;

    /** Where the launcher of a pod leaves a netlink socket, in the bundle. */
    private static final String NETLINK_INBOX = "n";

    private final DurableFiles files;
    private final ShimStart start;
    private final ShimTalk talk;
    private final ShimProcesses processes;

    /** Who the containers are that were asked for last, so that a probe reads no file. */
    private final Map<Path, ContainerHandle> known =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Path, ContainerHandle> eldest) {
                    return size() > MAX_KNOWN;
                }
            };

    /**
     * @param program what shims run from
     * @param spawner what starts them, the caller's to close
     * @param readiness started
     * @param deadlines for conversations
     * @param files the disk
     */
    public NativeShims(
            ShimProgram program,
            ShimSpawner spawner,
            ReadinessLoop readiness,
            Deadlines deadlines,
            DurableFiles files) {
        Processes all = new Processes();
        this.files = files;
        this.processes = new ShimProcesses(all, new PidWatch(readiness, all));
        this.start = new ShimStart(program, spawner, readiness, processes);
        this.talk = new ShimTalk(ownUser(), deadlines);
    }

    private static int ownUser() {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self/fd"), "unix:uid");
        } catch (IOException e) {
            throw new CarafeException.Internal("find out which user this process is", e);
        }
    }

    @Override
    public NewPod startPod(Path directory, Duration deadline) {
        Bundle bundle = new Bundle(directory, files);
        String doing = "start pod " + bundle.id();
        try (DescriptorInbox inbox = DescriptorInbox.open(directory, NETLINK_INBOX)) {
            return switch (start.run(doing, ShimStart.Role.POD, bundle, deadline)) {
                case Reply.PodReady(int pid, long startTicks) ->
                        new NewPod(
                                new ShimPod(
                                        bundle, new PidIdentity(pid, startTicks), processes, start),
                                taken(inbox));
                default -> throw talk.unexpected(doing);
            };
        } catch (SyscallException e) {
            throw new CarafeException.Internal(doing + ": " + e.getMessage(), e);
        }
    }

    /** The pod is there, and the socket can be had later: it is not made to fail for want of it. */
    private static Optional<Fd> taken(DescriptorInbox inbox) {
        try {
            return inbox.take();
        } catch (SyscallException e) {
            return Optional.empty();
        }
    }

    @Override
    public ContainerHandle createContainer(Path directory, Duration deadline) {
        synchronized (known) {
            known.remove(directory);
        }
        Bundle bundle = new Bundle(directory, files);
        String doing = "create container " + bundle.id();
        return switch (start.run(doing, ShimStart.Role.CONTAINER, bundle, deadline)) {
            case Reply.Created(int pid, long startTicks) ->
                    created(doing, directory, new PidIdentity(pid, startTicks));
            default -> throw talk.unexpected(doing);
        };
    }

    private ContainerHandle created(String doing, Path directory, PidIdentity init) {
        return findContainer(directory)
                .filter(found -> found.init().equals(init))
                .orElseThrow(() ->
                        new CarafeException.Internal(
                                "%s: the shim's pid file does not name process %d"
                                        .formatted(doing, init.pid())));
    }

    @Override
    public Optional<PodHandle> findPod(Path directory) {
        Bundle bundle = new Bundle(directory, files);
        List<PidIdentity> pids = bundle.pids();
        return pids.size() == 1
                ? Optional.of(new ShimPod(bundle, pids.getFirst(), processes, start))
                : Optional.empty();
    }

    @Override
    public Optional<ContainerHandle> findContainer(Path directory) {
        synchronized (known) {
            ContainerHandle found = known.get(directory);
            if (found != null) {
                return Optional.of(found);
            }
        }
        Optional<ContainerHandle> found = readContainer(directory);
        synchronized (known) {
            found.ifPresent(container -> known.put(directory, container));
        }
        return found;
    }

    private Optional<ContainerHandle> readContainer(Path directory) {
        Bundle bundle = new Bundle(directory, files);
        List<PidIdentity> pids = bundle.pids();
        return pids.size() == 2
                ? Optional.of(new ShimContainer(bundle, pids.get(0), pids.get(1), talk, processes))
                : Optional.empty();
    }

    @Override
    public void check() {
        start.check();
    }

    @Override
    public Optional<String> userNamespaceProblem(Path directory, Duration deadline) {
        return start.probe(directory, deadline);
    }
}
