package carafe.network.cni;

import carafe.base.CarafeException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A pod that wants an interface.
 *
 * @param sandboxId the CNI container id
 * @param netns path of the network namespace; empty when it is gone (only for DEL)
 * @param args CNI_ARGS as Kubernetes sets them (K8S_POD_NAME …)
 * @param portMappings host ports, may be empty
 * @param extras what plugins are told when their configuration asks for it
 */
public record AttachRequest(
        String sandboxId,
        String netns,
        Map<String, String> args,
        List<PortMapping> portMappings,
        Extras extras) {
    private static final Pattern SAFE_ARG = Pattern.compile("[^;=\\p{Cntrl}]*");

    public AttachRequest {
        args = Map.copyOf(args);
        portMappings = List.copyOf(portMappings);
        args.forEach((key, value) -> {
            if (!SAFE_ARG.matcher(key + value).matches()) {
                throw new CarafeException.Invalid(
                        "%s=%s cannot be given to CNI plugins: it holds ';', '=' or a control character"
                                .formatted(key, value));
            }
        });
    }

    /** Without extras. */
    public AttachRequest(
            String sandboxId,
            String netns,
            Map<String, String> args,
            List<PortMapping> portMappings) {
        this(sandboxId, netns, args, portMappings, Extras.NONE);
    }

    /**
     * A port of the host that leads into the pod.
     *
     * @param protocol tcp, udp or sctp
     * @param hostIp empty = every address
     */
    public record PortMapping(int hostPort, int containerPort, String protocol, String hostIp) {}

    /**
     * @param annotations of the pod; kubernetes.io/ingress-bandwidth and egress-bandwidth are
     *     limits
     * @param cgroup path of the pod's; empty = unknown
     */
    public record Extras(Map<String, String> annotations, Dns dns, String cgroup) {
        /** Nothing to tell. */
        public static final Extras NONE =
                new Extras(Map.of(), new Dns(List.of(), List.of(), List.of()), "");

        public Extras {
            annotations = Map.copyOf(annotations);
        }
    }

    /** The pod's resolver as the request has it; all empty = the node's. */
    public record Dns(List<String> servers, List<String> searches, List<String> options) {
        public Dns {
            servers = List.copyOf(servers);
            searches = List.copyOf(searches);
            options = List.copyOf(options);
        }

        boolean isEmpty() {
            return servers.isEmpty() && searches.isEmpty() && options.isEmpty();
        }
    }
}
