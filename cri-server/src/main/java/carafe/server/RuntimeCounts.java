package carafe.server;

import carafe.metrics.ObjectCounts;
import carafe.runtime.api.ContainerFilter;
import carafe.runtime.api.ContainerPhase;
import carafe.runtime.api.ContainerRuntime;
import carafe.runtime.api.SandboxFilter;
import carafe.runtime.api.SandboxState;
import java.util.Locale;
import java.util.Map;

/** Counts for the metrics, from the runtime's lists. */
record RuntimeCounts(ContainerRuntime runtime) implements ObjectCounts {
    @Override
    public int sandboxes(String state) {
        SandboxState wanted = state.equals("ready") ? SandboxState.READY : SandboxState.NOT_READY;
        return runtime.listSandboxes(new SandboxFilter("", wanted, Map.of())).size();
    }

    @Override
    public int containers(String state) {
        ContainerPhase wanted = ContainerPhase.valueOf(state.toUpperCase(Locale.ROOT));
        return runtime.listContainers(new ContainerFilter("", "", wanted, Map.of())).size();
    }
}
