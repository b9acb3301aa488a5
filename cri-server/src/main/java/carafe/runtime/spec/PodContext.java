package carafe.runtime.spec;

import carafe.runtime.api.NamespaceModes;
import carafe.runtime.port.ProcessId;
import java.nio.file.Path;

/**
 * What a container's specification says of its pod.
 *
 * @param holder the process that pins the namespaces
 * @param files directory with {@code resolv.conf}, {@code hostname}, {@code hosts} and {@code shm}
 */
public record PodContext(
        String id, ProcessId holder, NamespaceModes namespaces, String hostname, Path files) {}
