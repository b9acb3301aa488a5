package carafe.runtime.api;

/**
 * What verbose status shows of a container beside its status.
 *
 * @param pid of the first process on the host; 0 when there is none
 * @param cgroup its path below each hierarchy's root
 * @param bundle directory of its shim
 * @param stdio as it was asked for
 * @param configJson the OCI runtime-spec it was created with; empty when it is gone
 */
public record ContainerDetails(
        String sandboxId,
        int pid,
        String snapshot,
        String cgroup,
        String bundle,
        ContainerSpec.Stdio stdio,
        String configJson) {}
