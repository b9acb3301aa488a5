package carafe.runtime.api;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pod sandbox as asked for.
 *
 * @param hostname may be empty only with the node's network
 * @param logDirectory host directory of the containers' logs; empty = no logs
 * @param dns absent = the node's own resolv.conf
 * @param runtimeHandler empty = the default one
 */
public record SandboxSpec(
        SandboxMetadata metadata,
        String hostname,
        String logDirectory,
        @Nullable DnsConfig dns,
        List<PortMapping> portMappings,
        Map<String, String> labels,
        Map<String, String> annotations,
        String runtimeHandler,
        Linux linux) {
    public SandboxSpec {
        portMappings = List.copyOf(portMappings);
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }

    /**
     * The Linux part.
     *
     * @param cgroupParent pod cgroup in path form; empty = below the runtime's own parent
     * @param sysctls namespaced sysctls by dotted name
     * @param overhead what the RuntimeClass adds for the runtime itself
     * @param resources sum over the pod's containers
     */
    public record Linux(
            String cgroupParent,
            Security security,
            Map<String, String> sysctls,
            Resources overhead,
            Resources resources) {
        /** Nothing asked for. */
        public static final Linux NONE =
                new Linux("", Security.NONE, Map.of(), Resources.NONE, Resources.NONE);

        public Linux {
            sysctls = Map.copyOf(sysctls);
        }
    }

    /**
     * Security of the pod as a whole. Users and groups asked for here would concern a pause
     * process, which Carafe has not; they are only checked for consistency.
     *
     * @param privileged whether a privileged container may follow
     */
    public record Security(
            NamespaceModes namespaces,
            boolean privileged,
            @Nullable SelinuxLabel selinux,
            @Nullable SecurityProfile seccomp,
            @Nullable SecurityProfile apparmor,
            @Nullable Long runAsUser,
            @Nullable Long runAsGroup) {
        /** Nothing asked for. */
        public static final Security NONE =
                new Security(NamespaceModes.ofPod(), false, null, null, null, null, null);
    }
}
