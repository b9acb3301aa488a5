package carafe.network.cni;

import carafe.base.CarafeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds a plugin's program. A program is only run when nobody but root and the daemon's own user
 * could have put it there: regular file, executable, not writable by group or others. Thread-safe.
 */
final class PluginPath {
    private final List<Path> dirs;
    private final Set<Integer> trustedOwners;

    /**
     * @param dirs searched in order
     * @param trustedOwners uids a plugin may belong to
     */
    PluginPath(List<Path> dirs, Set<Integer> trustedOwners) {
        this.dirs = List.copyOf(dirs);
        this.trustedOwners = Set.copyOf(trustedOwners);
    }

    /** The directories as CNI_PATH wants them. */
    String asVariable() {
        return dirs.stream().map(Path::toString).collect(Collectors.joining(":"));
    }

    /**
     * The program of a plugin type.
     *
     * @param type a plain file name, checked when the configuration was read
     * @throws CarafeException.Precondition when there is none, or it could have been tampered with
     */
    Path find(String type) {
        for (Path dir : dirs) {
            Path candidate = dir.resolve(type);
            if (Files.exists(candidate)) {
                return checked(candidate);
            }
        }
        throw new CarafeException.Precondition(
                "CNI plugin %s is not installed in any of %s".formatted(type, dirs));
    }

    private Path checked(Path candidate) {
        try {
            Path real = candidate.toRealPath();
            Set<PosixFilePermission> mode =
                    Files.getPosixFilePermissions(real, LinkOption.NOFOLLOW_LINKS);
            int owner = (Integer) Files.getAttribute(real, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            if (!Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
                throw refuse(candidate, "it is not a regular file");
            }
            if (!mode.contains(PosixFilePermission.OWNER_EXECUTE)) {
                throw refuse(candidate, "it is not executable");
            }
            if (mode.contains(PosixFilePermission.GROUP_WRITE)
                    || mode.contains(PosixFilePermission.OTHERS_WRITE)) {
                throw refuse(candidate, "others than its owner may write to it");
            }
            if (!trustedOwners.contains(owner)) {
                throw refuse(candidate, "it belongs to uid " + owner);
            }
            return real;
        } catch (IOException e) {
            throw new CarafeException.Precondition(
                    "CNI plugin %s cannot be used: %s".formatted(candidate, e), e);
        }
    }

    private static CarafeException.Precondition refuse(Path candidate, String why) {
        return new CarafeException.Precondition(
                "CNI plugin %s is refused: %s".formatted(candidate, why));
    }
}
