package carafe.runtime.sandbox;

import carafe.base.CarafeException;
import carafe.base.KeyedLock;
import carafe.base.Rollback;
import carafe.base.Steps;
import carafe.runtime.api.Caller;
import carafe.runtime.api.NamespaceModes.Mode;
import carafe.runtime.api.RuntimeEvent;
import carafe.runtime.api.SandboxSpec;
import carafe.runtime.port.Cgroups.PodCgroup;
import carafe.runtime.port.ProcessId;
import carafe.runtime.port.ShimException;
import carafe.runtime.port.Shims;
import carafe.runtime.state.Core;
import carafe.runtime.state.Names;
import carafe.runtime.state.PodPhase;
import carafe.runtime.state.PodRecord;
import carafe.runtime.state.SpecDigest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Makes a pod ready, or leaves nothing of it. Thread-safe. */
final class RunSandbox {
    private static final Duration HOLDER_DEADLINE = Duration.ofSeconds(30);

    private final Core core;
    private final SandboxParts parts;
    private final PodConnection connection;
    private final Object levels = new Object();
    private final SpecDigest digests = new SpecDigest();

    RunSandbox(Core core, SandboxParts parts) {
        this.core = core;
        this.parts = parts;
        this.connection = new PodConnection(core.ports().network());
    }

    /**
     * @return the pod's id
     */
    String run(SandboxSpec spec, Caller caller) {
        parts.rules().check(spec);
        return core.inventory()
                .podNames()
                .make(
                        Names.ofPod(spec.metadata()),
                        digests.of(spec),
                        caller,
                        id -> make(begin(id, spec), spec));
    }

    private PodRecord begin(String id, SandboxSpec spec) {
        return new PodRecord(
                id,
                spec.metadata(),
                digests.of(spec),
                core.ports().nowNanos(),
                core.ports().processes().bootId(),
                PodPhase.CREATING,
                false,
                new PodRecord.Settings(
                        spec.labels(),
                        spec.annotations(),
                        spec.runtimeHandler(),
                        parts.hostnames().of(spec),
                        spec.logDirectory(),
                        spec.linux().security().namespaces(),
                        spec.linux().security().privileged(),
                        spec.portMappings(),
                        "",
                        new PodRecord.Limits(spec.linux().overhead(), spec.linux().resources())),
                PodRecord.Held.NOTHING);
    }

    private void make(PodRecord planned, SandboxSpec spec) {
        String id = planned.id();
        try (Steps.Running running = core.ports().steps().begin("pod.run", id);
                KeyedLock.Held _ = core.inventory().lock(id);
                Rollback undo = new Rollback("run pod sandbox " + id)) {
            undo.add("record of pod sandbox " + id, () -> forget(planned, undo));
            PodRecord pod = saveLabelled(planned, spec);
            core.ports().steps().reached("pod.run.record");
            undo.add("directory of pod sandbox " + id, () -> parts.files().delete(id));
            parts.files().make(id);
            parts.files().writeBundle(pod, spec, parts.labels().filesOfPod(level(pod)));
            core.ports().steps().reached("pod.run.bundle");
            Shims.StartedPod started = startHolder(id, undo);
            connection.prepare(pod, started, undo);
            core.ports().steps().reached("pod.run.holder");
            PodRecord ready = pod.ready(furnish(pod, spec, started.holder(), undo));
            core.inventory().pods().save(ready);
            core.ports().steps().reached("pod.run.ready");
            undo.commit();
            running.done();
            core.ports().life().sandboxStarted();
            core.podEvent(RuntimeEvent.Kind.CREATED, ready);
            core.podEvent(RuntimeEvent.Kind.STARTED, ready);
            parts.holders().watch(ready);
        }
    }

    private static String level(PodRecord pod) {
        return pod.settings().selinuxLevel();
    }

    /** Choosing and saving as one, since no two pods may get the same level. */
    private PodRecord saveLabelled(PodRecord pod, SandboxSpec spec) {
        synchronized (levels) {
            List<String> taken =
                    core.inventory().pods().all().stream().map(RunSandbox::level).toList();
            PodRecord labelled =
                    pod.at(
                            parts.labels()
                                    .levelOfPod(
                                            pod.id(), spec.linux().security().selinux(), taken));
            core.inventory().pods().save(labelled);
            return labelled;
        }
    }

    private Shims.StartedPod startHolder(String id, Rollback undo) {
        undo.add("mount of pod sandbox " + id, () -> parts.holdings().detachMemory(id));
        undo.add(
                "holder of pod sandbox " + id,
                () -> parts.holdings().endHolder(id, Optional.empty()));
        try {
            Shims.StartedPod started =
                    core.ports().shims().startPod(core.paths().pod(id), HOLDER_DEADLINE);
            undo.add(
                    "holder of pod sandbox " + id,
                    () -> parts.holdings().endHolder(id, Optional.of(started.holder())));
            return started;
        } catch (ShimException e) {
            throw new CarafeException.Internal(
                    "start the holder of pod sandbox %s: %s".formatted(id, e.getMessage()), e);
        }
    }

    /** What the pod needs beside its holder; its network comes meanwhile. */
    private PodRecord.Held furnish(
            PodRecord pod, SandboxSpec spec, ProcessId holder, Rollback undo) {
        PodCgroup cgroup = core.ports().cgroups().planPod(spec.linux().cgroupParent(), pod.id());
        PodRecord planned = pod.ready(new PodRecord.Held(holder, cgroup, List.of()));
        boolean first = connection.wantsCgroup();
        if (first) {
            makeCgroup(planned, holder, cgroup, undo);
        }
        List<String> addresses;
        try (PodConnection.Underway network = connection.begin(planned, spec.dns())) {
            parts.files().writeShared(pod.id(), spec, pod.settings().hostname());
            core.ports().steps().reached("pod.run.files");
            if (!first) {
                makeCgroup(planned, holder, cgroup, undo);
            }
            addresses = network.await();
        }
        if (spec.linux().security().namespaces().network() != Mode.NODE) {
            core.ports().steps().reached("pod.run.network");
            parts.files()
                    .writeHosts(
                            pod.id(),
                            pod.settings().hostname(),
                            addresses,
                            pod.settings().namespaces());
        }
        return new PodRecord.Held(holder, cgroup, addresses);
    }

    private void makeCgroup(PodRecord pod, ProcessId holder, PodCgroup cgroup, Rollback undo) {
        undo.add(
                "cgroup of pod sandbox " + pod.id(),
                () -> core.ports().cgroups().removePod(cgroup));
        core.ports().cgroups().makePod(cgroup, holder, pod.settings().limits().together());
        core.ports().steps().reached("pod.run.cgroup");
    }

    /** The last undo: a pod that could not be given back wholly stays, to be removed later. */
    private void forget(PodRecord pod, Rollback undo) {
        if (undo.leftovers().isEmpty()) {
            core.inventory().pods().remove(pod.id());
        } else {
            core.inventory().pods().save(pod.notReady());
        }
    }
}
