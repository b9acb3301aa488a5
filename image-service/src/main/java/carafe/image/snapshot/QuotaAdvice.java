package carafe.image.snapshot;

import carafe.linux.MountInfo;
import java.nio.file.Path;
import java.util.List;

/**
 * What an administrator can do so that a directory's file system limits projects.
 *
 * @param mount that the directory is in
 * @param remedy an instruction
 */
public record QuotaAdvice(String mount, String remedy) {
    /**
     * @param dir exists
     * @param mounts of this machine, as the kernel lists them
     */
    public static QuotaAdvice of(Path dir, List<MountInfo> mounts) {
        Path at = dir.toAbsolutePath().normalize();
        MountInfo found = null;
        for (MountInfo mount : mounts) {
            boolean holds = at.startsWith(mount.target());
            boolean deeper =
                    found == null || mount.target().getNameCount() >= found.target().getNameCount();
            if (holds && deeper) {
                found = mount;
            }
        }
        return found == null
                ? new QuotaAdvice("what " + at + " is on", remedyElsewhere())
                : new QuotaAdvice(
                        "%s (%s on %s)".formatted(found.source(), found.type(), found.target()),
                        remedy(found));
    }

    private static String remedy(MountInfo mount) {
        return switch (mount.type()) {
            case "ext4" ->
                    "mount it with the option prjquota, after \"tune2fs -O project,quota -Q prjquota %s\" while it is not mounted"
                            .formatted(mount.source());
            case "xfs" ->
                    "mount it with the option prjquota; a root file system with rootflags=prjquota at boot";
            default -> remedyElsewhere();
        };
    }

    private static String remedyElsewhere() {
        return "give storage.root a directory on ext4 or xfs";
    }
}
