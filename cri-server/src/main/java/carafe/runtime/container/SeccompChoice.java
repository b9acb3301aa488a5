package carafe.runtime.container;

import carafe.base.CarafeException;
import carafe.base.DurableFiles;
import carafe.runtime.api.ContainerSecurity;
import carafe.runtime.api.SecurityProfile;
import carafe.runtime.seccomp.Arch;
import carafe.runtime.seccomp.SeccompFilters;
import carafe.runtime.seccomp.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * The compiled seccomp filter that a container asks for. A profile that cannot be honoured wholly
 * makes the container fail, never run without.
 */
final class SeccompChoice {
    private static final int MAX_PROFILE_BYTES = 4 << 20;

    private final DurableFiles files;
    private final Arch arch;
    private final int kernel;
    private final SeccompFilters filters = new SeccompFilters();

    /**
     * @param arch of this machine
     * @param kernel major version times 1000 plus minor version
     */
    SeccompChoice(DurableFiles files, Arch arch, int kernel) {
        this.files = files;
        this.arch = arch;
        this.kernel = kernel;
    }

    /**
     * A JVM's {@code os.version}, such as {@code 6.18.2-cloud}, as a kernel number; 0 when it is
     * none.
     */
    static int kernel(String osVersion) {
        String[] parts = osVersion.split("[^0-9]", 3);
        return parts.length < 2 || parts[0].isEmpty() || parts[1].isEmpty()
                ? 0
                : Integer.parseInt(parts[0]) * 1000 + Integer.parseInt(parts[1]);
    }

    /**
     * @param capabilities the container's bounding set
     * @return empty = no filter
     */
    Optional<byte[]> of(ContainerSecurity security, Set<String> capabilities) {
        SecurityProfile profile = security.seccomp();
        if (profile == null || security.privileged()) {
            return Optional.empty();
        }
        Target target = new Target(arch, capabilities, kernel);
        return switch (profile.kind()) {
            case UNCONFINED -> Optional.empty();
            case RUNTIME_DEFAULT -> Optional.of(filters.runtimeDefault(target));
            case LOCALHOST -> {
                String name = profile.localhostRef();
                yield Optional.of(filters.compile(name, read(name), target));
            }
        };
    }

    /**
     * The profile itself, for an OCI runtime that compiles.
     *
     * @param capabilities the container's bounding set
     * @return empty = no filter
     */
    Optional<ObjectNode> profile(ContainerSecurity security, Set<String> capabilities) {
        SecurityProfile profile = security.seccomp();
        if (profile == null || security.privileged()) {
            return Optional.empty();
        }
        Target target = new Target(arch, capabilities, kernel);
        return switch (profile.kind()) {
            case UNCONFINED -> Optional.empty();
            case RUNTIME_DEFAULT -> Optional.of(filters.ociRuntimeDefault(target));
            case LOCALHOST -> {
                String name = profile.localhostRef();
                yield Optional.of(filters.oci(name, read(name), target));
            }
        };
    }

    private byte[] read(String name) {
        if (!name.startsWith("/") || name.indexOf(0) >= 0) {
            throw new CarafeException.Invalid(
                    "the seccomp profile \"%s\" is not an absolute path".formatted(name));
        }
        Path file = Path.of(name);
        try {
            if (!Files.isRegularFile(file)) {
                throw new NoSuchFileException(name);
            }
            return files.read(file, MAX_PROFILE_BYTES);
        } catch (NoSuchFileException e) {
            throw new CarafeException.Invalid(
                    "there is no seccomp profile %s on this node".formatted(name), e);
        } catch (IOException e) {
            throw new CarafeException.Invalid(
                    "the seccomp profile %s cannot be read: %s".formatted(name, e), e);
        }
    }
}
