package carafe.runtime.recovery;

import carafe.runtime.port.PodNetwork;
import carafe.runtime.port.ProcessId;
import carafe.runtime.sandbox.HolderWatch;
import carafe.runtime.sandbox.PodHoldings;
import carafe.runtime.state.BundleDirectory;
import carafe.runtime.state.Core;
import carafe.runtime.state.PodRecord;

/** Brings one pod's record and reality together. */
public final class RecoverPod {
    private final Core core;
    private final PodHoldings holdings;
    private final HolderWatch holders;

    public RecoverPod(Core core, PodHoldings holdings, HolderWatch holders) {
        this.core = core;
        this.holdings = holdings;
        this.holders = holders;
    }

    /** The pod as its network knows it. */
    PodNetwork.Request network(PodRecord pod) {
        return holdings.request(pod);
    }

    void recover(PodRecord pod) {
        switch (pod.phase()) {
            case CREATING -> undo(pod);
            case READY -> {
                if (isAlive(pod)) {
                    holders.watch(pod);
                } else {
                    core.inventory().pods().save(pod.notReady());
                }
            }
            case NOT_READY -> {}
        }
    }

    private boolean isAlive(PodRecord pod) {
        ProcessId holder = pod.held().holder();
        return holder != null
                && pod.bootId().equals(core.ports().processes().bootId())
                && core.ports().processes().isAlive(holder);
    }

    /** Its caller never got an answer: undone, or kept to be removed if that fails. */
    private void undo(PodRecord pod) {
        // First, so that a failure leaves something that a client can see and remove.
        core.inventory().pods().save(pod.notReady());
        holdings.release(pod);
        core.ports().cgroups().removePod(core.ports().cgroups().planPod("", pod.id()));
        BundleDirectory.delete(core.paths().podMemory(pod.id()));
        BundleDirectory.delete(core.paths().pod(pod.id()));
        core.inventory().pods().remove(pod.id());
        core.inventory().podNames().release(pod.name(), pod.id());
    }
}
