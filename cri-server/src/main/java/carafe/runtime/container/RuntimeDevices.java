package carafe.runtime.container;

import java.nio.file.Path;
import java.util.List;

/**
 * How containers get devices.
 *
 * @param cdiSpecDirs directories of CDI files; a later one has the higher priority
 * @param ownershipFromSecurityContext whether nodes belong to the user and group that the request
 *     names, and not to those they have on the node
 */
public record RuntimeDevices(List<Path> cdiSpecDirs, boolean ownershipFromSecurityContext) {
    public RuntimeDevices {
        cdiSpecDirs = List.copyOf(cdiSpecDirs);
    }
}
