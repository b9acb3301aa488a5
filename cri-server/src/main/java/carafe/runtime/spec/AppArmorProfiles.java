package carafe.runtime.spec;

import carafe.base.CarafeException;
import carafe.runtime.api.ContainerSecurity;
import carafe.runtime.api.SecurityProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * AppArmor profiles that a container asks for: what this kernel does not know is refused by name,
 * since a container without its profile is not what was asked for.
 */
public final class AppArmorProfiles {
    private static final Pattern PROFILE = Pattern.compile("[\\x21-\\x7e]{1,4096}");

    private final Path sys;

    /**
     * @param sys where sysfs is mounted, {@code /sys}
     */
    public AppArmorProfiles(Path sys) {
        this.sys = sys;
    }

    /** The profile of a container. */
    public void check(ContainerSecurity security) {
        checkProfile(security.apparmor());
    }

    private void checkProfile(@Nullable SecurityProfile profile) {
        if (profile == null || profile.kind() == SecurityProfile.Kind.UNCONFINED) {
            return;
        }
        String name = profile.appArmorName();
        if (!PROFILE.matcher(name).matches()) {
            throw new CarafeException.Invalid(
                    "\"%s\" cannot be the name of an AppArmor profile".formatted(name));
        }
        if (!hasAppArmor()) {
            throw new CarafeException.Unsupported(
                    "AppArmor profile %s cannot be applied: this kernel has no AppArmor"
                            .formatted(name));
        }
        if (loadedProfiles().stream().noneMatch(line -> line.startsWith(name + " ("))) {
            throw new CarafeException.Invalid(
                    "AppArmor profile %s is not loaded on this node; load it with apparmor_parser"
                            .formatted(name));
        }
    }

    private boolean hasAppArmor() {
        try {
            return Files.readString(sys.resolve("module/apparmor/parameters/enabled"))
                    .startsWith("Y");
        } catch (IOException e) {
            return false;
        }
    }

    private List<String> loadedProfiles() {
        Path file = sys.resolve("kernel/security/apparmor/profiles");
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new CarafeException.Precondition(
                    "AppArmor's profiles cannot be looked up: %s (is securityfs mounted?)"
                            .formatted(e),
                    e);
        }
    }
}
