package carafe.runtime.cdi;

import java.nio.file.Path;
import java.util.Map;

/**
 * One file.
 *
 * @param priority of its directory; where two files describe a device, the higher one counts
 * @param kind vendor and class of its devices
 * @param devices by name
 * @param edits what a container gets once with any device of the file
 */
record CdiSpec(
        Path file,
        int priority,
        String kind,
        Map<String, ContainerEdits> devices,
        ContainerEdits edits) {
    CdiSpec {
        devices = Map.copyOf(devices);
    }
}
