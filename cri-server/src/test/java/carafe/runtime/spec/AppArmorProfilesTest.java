package carafe.runtime.spec;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.runtime.api.CapabilityChanges;
import carafe.runtime.api.ContainerSecurity;
import carafe.runtime.api.GroupsPolicy;
import carafe.runtime.api.SecurityProfile;
import carafe.runtime.api.SecurityProfile.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AppArmorProfilesTest {
    @TempDir private Path sys;

    private void write(String file, String text) throws IOException {
        Path path = sys.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private static ContainerSecurity security(@Nullable SecurityProfile profile) {
        return new ContainerSecurity(
                CapabilityChanges.NONE,
                false,
                null,
                null,
                null,
                "",
                null,
                false,
                List.of(),
                GroupsPolicy.MERGE,
                false,
                null,
                null,
                null,
                profile);
    }

    private void check(@Nullable SecurityProfile profile) {
        new AppArmorProfiles(sys).check(security(profile));
    }

    @Test
    void aLoadedProfileIsTaken() throws IOException {
        write("module/apparmor/parameters/enabled", "Y\n");
        write("kernel/security/apparmor/profiles", "other (complain)\nmine (enforce)\n");
        assertThatCode(() -> check(new SecurityProfile(Kind.LOCALHOST, "mine")))
                .doesNotThrowAnyException();
        assertThatCode(() -> check(new SecurityProfile(Kind.UNCONFINED, "")))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> check(new SecurityProfile(Kind.LOCALHOST, "min")))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("min is not loaded");
        assertThatThrownBy(() -> check(new SecurityProfile(Kind.RUNTIME_DEFAULT, "")))
                .hasMessageContaining("carafe-default is not loaded");
    }

    @Test
    void aKernelWithoutThemSaysSo() throws IOException {
        write("module/apparmor/parameters/enabled", "N\n");
        assertThatThrownBy(() -> check(new SecurityProfile(Kind.LOCALHOST, "mine")))
                .isInstanceOf(CarafeException.Unsupported.class)
                .hasMessageContaining("mine cannot be applied: this kernel has no AppArmor");
    }
}
