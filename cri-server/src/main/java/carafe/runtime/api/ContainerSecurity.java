package carafe.runtime.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who a container's processes are and what they may do.
 *
 * @param namespaces absent = as the pod has them
 * @param runAsUser excludes {@code runAsUsername}
 * @param runAsUsername looked up in the image; empty = not said
 * @param runAsGroup only together with one of the two
 * @param maskedPaths absent = the runtime's default list; empty = nothing is hidden
 * @param readonlyPaths absent = the runtime's default list; empty = nothing more is read-only
 */
public record ContainerSecurity(
        CapabilityChanges capabilities,
        boolean privileged,
        @Nullable NamespaceModes namespaces,
        @Nullable SelinuxLabel selinux,
        @Nullable Long runAsUser,
        String runAsUsername,
        @Nullable Long runAsGroup,
        boolean readonlyRootfs,
        List<Long> supplementalGroups,
        GroupsPolicy groupsPolicy,
        boolean noNewPrivileges,
        @Nullable List<String> maskedPaths,
        @Nullable List<String> readonlyPaths,
        @Nullable SecurityProfile seccomp,
        @Nullable SecurityProfile apparmor) {
    /** Nothing asked for. */
    public static final ContainerSecurity NONE =
            new ContainerSecurity(
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
                    null);

    public ContainerSecurity {
        supplementalGroups = List.copyOf(supplementalGroups);
        maskedPaths = maskedPaths == null ? null : List.copyOf(maskedPaths);
        readonlyPaths = readonlyPaths == null ? null : List.copyOf(readonlyPaths);
    }
}
