package carafe.runtime.sandbox;

import carafe.base.CarafeException;
import carafe.base.KeyedLock;
import carafe.base.Rollback;
import carafe.base.Steps;
import carafe.runtime.api.Resources;
import carafe.runtime.port.Cgroups;
import carafe.runtime.spec.ResourceRules;
import carafe.runtime.state.Core;
import carafe.runtime.state.PodPhase;
import carafe.runtime.state.PodRecord;

/**
 * Changes what a pod as a whole may use: the kernel's limits, where its cgroup is ours, and the
 * record's, or neither. Thread-safe.
 */
final class UpdateSandbox {
    private final Core core;

    UpdateSandbox(Core core) {
        this.core = core;
    }

    /** 0 and empty leave a limit as it is. */
    void update(String idOrPrefix, Resources overhead, Resources resources) {
        ResourceRules.check(overhead);
        ResourceRules.check(resources);
        String id = core.inventory().pods().require(idOrPrefix).id();
        try (Steps.Running running = core.ports().steps().begin("pod.update", id);
                KeyedLock.Held _ = core.inventory().lock(id)) {
            PodRecord pod = core.inventory().pods().require(id);
            Cgroups.PodCgroup cgroup = pod.held().cgroup();
            if (pod.phase() != PodPhase.READY || cgroup == null) {
                throw new CarafeException.Precondition(
                        "update pod sandbox %s: it is not ready".formatted(id));
            }
            PodRecord.Limits now = pod.settings().limits();
            PodRecord.Limits next =
                    new PodRecord.Limits(
                            now.overhead().changedBy(overhead),
                            now.resources().changedBy(resources));
            ResourceRules.check(next.together());
            apply(pod, cgroup, next);
            running.done();
        }
    }

    private void apply(PodRecord pod, Cgroups.PodCgroup cgroup, PodRecord.Limits next) {
        String id = pod.id();
        try (Rollback undo = new Rollback("update pod sandbox " + id)) {
            Cgroups.LimitChange limits = core.ports().cgroups().changePod(cgroup, next.together());
            undo.add("limits of pod sandbox " + id, limits::undo);
            core.ports().steps().reached("pod.update.limits");
            undo.add("record of pod sandbox " + id, () -> save(pod));
            save(pod.limitedTo(next));
            core.ports().steps().reached("pod.update.record");
            undo.commit();
        }
    }

    private void save(PodRecord pod) {
        core.inventory().pods().save(pod);
    }
}
