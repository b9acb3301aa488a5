package carafe.runtime.port;

import carafe.base.DurableFiles;
import carafe.base.Steps;
import carafe.image.ImageService;
import java.time.Instant;
import java.time.InstantSource;

/** All of them, as Main wires them. */
public record Ports(
        Shims shims,
        Processes processes,
        Cgroups cgroups,
        Meters meters,
        PodNetwork network,
        ImageService images,
        RootfsFiles rootfsFiles,
        HostPaths hostPaths,
        Selinux selinux,
        DurableFiles files,
        Steps steps,
        LifeMeter life,
        InstantSource clock) {
    /** Now, in Unix time. */
    public long nowNanos() {
        Instant now = clock.instant();
        return Math.addExact(
                Math.multiplyExact(now.getEpochSecond(), 1_000_000_000L), now.getNano());
    }
}
