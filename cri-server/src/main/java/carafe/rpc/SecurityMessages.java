package carafe.rpc;

import carafe.base.CarafeException;
import carafe.proto.cri.Capability;
import carafe.proto.cri.LinuxContainerSecurityContext;
import carafe.proto.cri.LinuxSandboxSecurityContext;
import carafe.proto.cri.SELinuxOption;
import carafe.proto.cri.SupplementalGroupsPolicy;
import carafe.runtime.api.CapabilityChanges;
import carafe.runtime.api.ContainerSecurity;
import carafe.runtime.api.GroupsPolicy;
import carafe.runtime.api.NamespaceModes;
import carafe.runtime.api.SandboxSpec;
import carafe.runtime.api.SecurityProfile;
import carafe.runtime.api.SelinuxLabel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Security contexts of requests as domain records. */
final class SecurityMessages {
    private static final long MAX_ID = (1L << 32) - 2;

    private SecurityMessages() {}

    static SandboxSpec.Security sandbox(LinuxSandboxSecurityContext message) {
        return new SandboxSpec.Security(
                message.hasNamespaceOptions()
                        ? NamespaceMessages.fromProto(message.getNamespaceOptions())
                        : NamespaceModes.ofPod(),
                message.getPrivileged(),
                message.hasSelinuxOptions() ? selinux(message.getSelinuxOptions()) : null,
                seccomp(message.hasSeccomp() ? message.getSeccomp() : null, seccompPath(message)),
                message.hasApparmor() ? profile("apparmor", message.getApparmor()) : null,
                message.hasRunAsUser()
                        ? id("run_as_user", message.getRunAsUser().getValue())
                        : null,
                message.hasRunAsGroup()
                        ? id("run_as_group", message.getRunAsGroup().getValue())
                        : null);
    }

    static ContainerSecurity container(LinuxContainerSecurityContext message) {
        return new ContainerSecurity(
                capabilities(message.getCapabilities()),
                message.getPrivileged(),
                message.hasNamespaceOptions()
                        ? NamespaceMessages.fromProto(message.getNamespaceOptions())
                        : null,
                message.hasSelinuxOptions() ? selinux(message.getSelinuxOptions()) : null,
                message.hasRunAsUser()
                        ? id("run_as_user", message.getRunAsUser().getValue())
                        : null,
                message.getRunAsUsername(),
                message.hasRunAsGroup()
                        ? id("run_as_group", message.getRunAsGroup().getValue())
                        : null,
                message.getReadonlyRootfs(),
                ids("supplemental_groups", message.getSupplementalGroupsList()),
                policy(message.getSupplementalGroupsPolicy()),
                message.getNoNewPrivs(),
                paths("masked_paths", message.getMaskedPathsList()),
                paths("readonly_paths", message.getReadonlyPathsList()),
                seccomp(message.hasSeccomp() ? message.getSeccomp() : null, seccompPath(message)),
                apparmor(
                        message.hasApparmor() ? message.getApparmor() : null,
                        apparmorName(message)));
    }

    /** The new field wins over the text of older clients. */
    private static @Nullable SecurityProfile seccomp(
            carafe.proto.cri.@Nullable SecurityProfile profile, String path) {
        return profile == null ? named("seccomp_profile_path", path) : profile("seccomp", profile);
    }

    private static @Nullable SecurityProfile apparmor(
            carafe.proto.cri.@Nullable SecurityProfile profile, String name) {
        return profile == null ? named("apparmor_profile", name) : profile("apparmor", profile);
    }

    private static SecurityProfile profile(String field, carafe.proto.cri.SecurityProfile message) {
        SecurityProfile.Kind kind =
                switch (message.getProfileType()) {
                    case RuntimeDefault -> SecurityProfile.Kind.RUNTIME_DEFAULT;
                    case Unconfined -> SecurityProfile.Kind.UNCONFINED;
                    case Localhost -> SecurityProfile.Kind.LOCALHOST;
                    case UNRECOGNIZED -> throw Requests.unknown(field, message.getProfileType());
                };
        if (kind == SecurityProfile.Kind.LOCALHOST && message.getLocalhostRef().isEmpty()) {
            throw new CarafeException.Invalid(
                    field + ": profile_type Localhost needs a localhost_ref");
        }
        return new SecurityProfile(kind, message.getLocalhostRef());
    }

    private static @Nullable SecurityProfile named(String field, String name) {
        return switch (name) {
            case "" -> null;
            case "runtime/default", "docker/default" ->
                    new SecurityProfile(SecurityProfile.Kind.RUNTIME_DEFAULT, "");
            case "unconfined" -> new SecurityProfile(SecurityProfile.Kind.UNCONFINED, "");
            default -> {
                if (!name.startsWith("localhost/")) {
                    throw new CarafeException.Invalid(
                            "%s \"%s\" is not one of runtime/default, unconfined, localhost/NAME"
                                    .formatted(field, name));
                }
                yield new SecurityProfile(
                        SecurityProfile.Kind.LOCALHOST, name.substring("localhost/".length()));
            }
        };
    }

    private static CapabilityChanges capabilities(Capability message) {
        return new CapabilityChanges(
                message.getAddCapabilitiesList(),
                message.getDropCapabilitiesList(),
                message.getAddAmbientCapabilitiesList());
    }

    private static SelinuxLabel selinux(SELinuxOption message) {
        return new SelinuxLabel(
                message.getUser(), message.getRole(), message.getType(), message.getLevel());
    }

    private static GroupsPolicy policy(SupplementalGroupsPolicy policy) {
        return switch (policy) {
            case Merge -> GroupsPolicy.MERGE;
            case Strict -> GroupsPolicy.STRICT;
            case UNRECOGNIZED -> throw Requests.unknown("supplemental_groups_policy", policy);
        };
    }

    private static List<String> paths(String field, List<String> paths) {
        paths.forEach(path -> Requests.absolutePath(field, path));
        return paths;
    }

    private static List<Long> ids(String field, List<Long> ids) {
        ids.forEach(id -> id(field, id));
        return ids;
    }

    private static long id(String field, long id) {
        if (id < 0 || id > MAX_ID) {
            throw new CarafeException.Invalid(
                    "%s is %d, must be 0 to %d".formatted(field, id, MAX_ID));
        }
        return id;
    }

    @SuppressWarnings("deprecation") // older clients send nothing else
    private static String seccompPath(LinuxSandboxSecurityContext message) {
        return message.getSeccompProfilePath();
    }

    @SuppressWarnings("deprecation") // older clients send nothing else
    private static String seccompPath(LinuxContainerSecurityContext message) {
        return message.getSeccompProfilePath();
    }

    @SuppressWarnings("deprecation") // older clients send nothing else
    private static String apparmorName(LinuxContainerSecurityContext message) {
        return message.getApparmorProfile();
    }
}
