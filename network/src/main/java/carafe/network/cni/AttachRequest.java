package carafe.network.cni;

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
 */
public record AttachRequest(
        String sandboxId, String netns, Map<String, String> args, List<PortMapping> portMappings) {
    private static final Pattern SAFE_ARG = Pattern.compile("[^;=\\p{Cntrl}]*");

    public AttachRequest {
        args = Map.copyOf(args);
        portMappings = List.copyOf(portMappings);
        args.forEach((key, value) -> {
            if (!SAFE_ARG.matcher(key + value).matches()) {
                throw new carafe.base.CarafeException.Invalid(
                        "%s=%s cannot be given to CNI plugins: it holds ';', '=' or a control character"
                                .formatted(key, value));
            }
        });
    }

    /**
     * A port of the host that leads into the pod.
     *
     * @param protocol tcp, udp or sctp
     * @param hostIp empty = every address
     */
    public record PortMapping(int hostPort, int containerPort, String protocol, String hostIp) {}
}
