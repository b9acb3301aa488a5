package carafe.runtime.container;

import carafe.base.CarafeException;
import carafe.base.KeyedLock;
import carafe.base.Rollback;
import carafe.base.Steps;
import carafe.image.Image;
import carafe.image.snapshot.Snapshot;
import carafe.runtime.api.Caller;
import carafe.runtime.api.ContainerSpec;
import carafe.runtime.api.EnvVar;
import carafe.runtime.api.MountSpec;
import carafe.runtime.api.RuntimeEvent;
import carafe.runtime.cdi.ContainerEdits;
import carafe.runtime.port.Cgroups;
import carafe.runtime.port.Cgroups.ContainerCgroup;
import carafe.runtime.port.ProcessId;
import carafe.runtime.port.ShimException;
import carafe.runtime.spec.Environment;
import carafe.runtime.spec.OciMount;
import carafe.runtime.spec.OciSpec;
import carafe.runtime.spec.OtherRuntime;
import carafe.runtime.spec.ResolvedUser;
import carafe.runtime.spec.SpecRequest;
import carafe.runtime.spec.SpecRequest.DeviceGrant;
import carafe.runtime.state.ContainerRecord;
import carafe.runtime.state.ContainerState;
import carafe.runtime.state.Core;
import carafe.runtime.state.Names;
import carafe.runtime.state.PodRecord;
import carafe.runtime.state.SpecDigest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Prepares a container up to the point before its first instruction, or leaves nothing.
 * Thread-safe.
 */
final class CreateContainer {
    private static final Duration SHIM_DEADLINE = Duration.ofSeconds(60);

    private final Core core;
    private final ContainerParts parts;
    private final ContainerHoldings holdings;
    private final Exits exits;
    private final SpecDigest digests = new SpecDigest();

    CreateContainer(Core core, ContainerParts parts, ContainerHoldings holdings, Exits exits) {
        this.core = core;
        this.parts = parts;
        this.holdings = holdings;
        this.exits = exits;
    }

    /**
     * @return the container's id
     */
    String create(String sandboxId, ContainerSpec spec, Caller caller) {
        PodRecord pod = core.inventory().pods().require(sandboxId);
        parts.rules().check(pod, spec);
        String digest = digests.of(spec);
        return core.inventory()
                .containerNames()
                .make(
                        Names.ofContainer(pod.id(), spec.metadata()),
                        digest,
                        caller,
                        id -> make(draft(id, digest, pod, spec)));
    }

    private ContainerDraft draft(String id, String digest, PodRecord pod, ContainerSpec spec) {
        ContainerEdits edits = parts.cdiDevices().of(spec.cdiDevices(), spec.annotations());
        parts.cdiGrants().check(edits, pod.settings().namespaces());
        List<EnvVar> env = new ArrayList<>(spec.env());
        env.addAll(edits.env());
        List<MountSpec> mounts = parts.images().resolve(spec.mounts());
        return new ContainerDraft(id, digest, pod, spec.with(env, mounts), image(spec), edits);
    }

    private Image image(ContainerSpec spec) {
        Image image = find(spec);
        if (image.artifact()) {
            throw new CarafeException.Invalid(
                    "%s is an artifact, not an image to run; it can be mounted"
                            .formatted(spec.image().image()));
        }
        return image;
    }

    private Image find(ContainerSpec spec) {
        return core.ports()
                .images()
                .findForUse(spec.image().image(), spec.image().userSpecified())
                .orElseThrow(() ->
                        new CarafeException.NotFound(
                                "no image %s on this node; pull it first"
                                        .formatted(spec.image().image())));
    }

    private void make(ContainerDraft draft) {
        String id = draft.id();
        String logPath = draft.logPath();
        parts.sources().check(draft.spec().mounts());
        List<DeviceGrant> devices = parts.devices().of(draft.spec());
        try (Steps.Running running = core.ports().steps().begin("container.create", id);
                Rollback undo = new Rollback("create container " + id)) {
            Snapshot rootfs = prepare(draft, undo);
            List<ImageMounts.Volume> volumes =
                    new ArrayList<>(parts.images().keep(id, draft.spec().mounts()));
            SpecRequest request = request(draft, rootfs, devices);
            Optional<OtherRuntime> other = other(draft, request);
            parts.labels().relabel(draft.spec().mounts(), request.labels());
            volumes.addAll(OwnVolumes.volumes(draft.spec(), draft.image().config()));
            List<String> staged = parts.bundles().writeConfig(id, request, other);
            step("config");
            ContainerCgroup cgroup = makeCgroup(draft, request, undo);
            parts.logs().make(draft.pod().settings().logDirectory(), logPath);
            ContainerBundle.ShimFacts facts =
                    new ContainerBundle.ShimFacts(
                            rootfs,
                            volumes,
                            cgroup,
                            logPath,
                            other.isPresent() ? Optional.empty() : filter(draft, request),
                            other.map(each -> new ContainerBundle.Program(each.program(), staged)));
            parts.bundles().writeShim(id, request, facts);
            step("bundle");
            launch(draft, request, undo);
            undo.commit();
            running.done();
        }
    }

    private Optional<byte[]> filter(ContainerDraft draft, SpecRequest request) {
        return parts.seccomp().of(draft.spec().security(), OciSpec.boundingCapabilities(request));
    }

    /** The OCI runtime of the pod's handler, when that is not the shim. */
    private Optional<OtherRuntime> other(ContainerDraft draft, SpecRequest request) {
        String handler = draft.pod().settings().runtimeHandler();
        Optional<Path> program = parts.handlers().program(handler);
        if (program.isEmpty()) {
            return Optional.empty();
        }
        ContainerRules.checkForProgram(handler, draft.spec(), Environment.of(request));
        return Optional.of(
                new OtherRuntime(
                        program.get(),
                        parts.seccomp()
                                .profile(
                                        draft.spec().security(),
                                        OciSpec.boundingCapabilities(request)),
                        parts.handlers().lowestOomScoreAdj()));
    }

    private Snapshot prepare(ContainerDraft draft, Rollback undo) {
        String id = draft.id();
        undo.add("bundle of container " + id, () -> parts.bundles().delete(id));
        parts.bundles().make(id);
        step("directory");
        undo.add("root file system of container " + id, () -> holdings.releaseRootfs(id));
        Snapshot rootfs = core.ports().images().prepare(draft.image().id(), id);
        step("rootfs");
        return rootfs;
    }

    private SpecRequest request(ContainerDraft draft, Snapshot rootfs, List<DeviceGrant> devices) {
        Cgroups.PodCgroup pod = draft.pod().held().cgroup();
        if (pod == null) {
            throw new CarafeException.Internal(
                    "pod sandbox %s has no cgroup".formatted(draft.pod().id()));
        }
        ResolvedUser user =
                parts.users()
                        .find(
                                draft.spec().security(),
                                draft.image().config().user(),
                                draft.image().id(),
                                rootfs.lowerTopFirst());
        return new SpecRequest(
                draft.spec(),
                draft.image().config(),
                draft.podContext(core.paths()),
                parts.cdiGrants().inGroups(draft.edits(), user),
                DeviceGrants.join(devices, parts.cdiGrants().devices(draft.edits(), user)),
                mounts(draft),
                CdiGrants.hooks(draft.edits()),
                core.ports().cgroups().containerPath(pod, draft.id()),
                parts.targets().of(draft.pod().id(), draft.spec().security().namespaces()),
                parts.host(),
                parts.rules().labels(draft.pod(), draft.spec().security()));
    }

    /** Beside the request's own. */
    private List<OciMount> mounts(ContainerDraft draft) {
        List<OciMount> mounts = new ArrayList<>(parts.cdiGrants().mounts(draft.edits()));
        List<String> taken = mounts.stream().map(OciMount::destination).toList();
        OwnVolumes.mounts(draft.spec(), draft.image().config()).stream()
                .filter(each -> !taken.contains(each.destination()))
                .forEach(mounts::add);
        return mounts;
    }

    private ContainerCgroup makeCgroup(ContainerDraft draft, SpecRequest request, Rollback undo) {
        List<Cgroups.DeviceRule> rules =
                request.devices().stream()
                        .map(each ->
                                new Cgroups.DeviceRule(
                                        each.device().type(),
                                        each.device().major(),
                                        each.device().minor(),
                                        each.access()))
                        .toList();
        boolean privileged = request.container().security().privileged();
        undo.add("cgroup " + request.cgroup(), () -> undoCgroup(draft, request.cgroup()));
        ContainerCgroup cgroup =
                core.ports()
                        .cgroups()
                        .create(
                                request.cgroup(),
                                new Cgroups.Limits(
                                        request.container().resources(), rules, privileged));
        step("cgroup");
        return cgroup;
    }

    /** A pod removed meanwhile could not take its own cgroup along while ours was in it. */
    private void undoCgroup(ContainerDraft draft, String cgroup) {
        holdings.removeCgroup(cgroup);
        Cgroups.PodCgroup pod = draft.pod().held().cgroup();
        if (pod != null && core.inventory().pods().find(draft.pod().id()).isEmpty()) {
            core.ports().cgroups().removePod(pod);
        }
    }

    /** Under the pod's lock, so that no container slips into a pod that is being stopped. */
    private void launch(ContainerDraft draft, SpecRequest request, Rollback undo) {
        String id = draft.id();
        String podId = draft.pod().id();
        try (KeyedLock.Held _ = core.inventory().lock(podId)) {
            ContainerRules.checkReady(core.inventory().pods().require(podId));
            undo.add("shim of container " + id, () -> holdings.endShim(id));
            ProcessId init =
                    core.ports().shims().createContainer(core.paths().container(id), SHIM_DEADLINE);
            step("shim");
            undo.add("record of container " + id, () -> core.inventory().containers().remove(id));
            ContainerRecord record =
                    draft.record(
                            request,
                            core.ports().nowNanos(),
                            core.ports().processes().bootId(),
                            new ContainerState.Created(init));
            core.inventory().containers().save(record);
            step("record");
            // Before anybody can stop it or see it end.
            core.event(RuntimeEvent.Kind.CREATED, id, podId);
            exits.watch(id);
        } catch (ShimException e) {
            throw ShimErrors.creating(id, e);
        }
    }

    private void step(String name) {
        core.ports().steps().reached("container.create." + name);
    }
}
