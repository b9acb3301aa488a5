package carafe.runtime.api;

/**
 * What verbose status shows beside the status.
 *
 * @param pid of the first process on the host; 0 when there is none
 * @param configJson the OCI runtime-spec it was created with; empty when it is gone
 */
public record ContainerDetails(String sandboxId, int pid, String snapshot, String configJson) {}
