package carafe.network.cni;

import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What Carafe can tell plugins, by the names of the conventions' capability arguments. It is kept
 * with the attachment, because DEL must say what ADD said. Stateless.
 */
final class RuntimeConfig {
    /** The capability of plugins that are told the cgroup of the pod. */
    static final String CGROUP_PATH = "cgroupPath";

    private static final String INGRESS = "kubernetes.io/ingress-bandwidth";
    private static final String EGRESS = "kubernetes.io/egress-bandwidth";

    private RuntimeConfig() {}

    /**
     * Everything about a pod.
     *
     * @param ipRanges announced for the node, may be empty
     * @throws carafe.base.CarafeException.Invalid for a bandwidth that is none
     */
    static ObjectNode of(JsonMapper json, AttachRequest request, List<String> ipRanges) {
        ObjectNode all = json.createObjectNode();
        AttachRequest.Extras extras = request.extras();
        ports(all, request.portMappings());
        bandwidth(all, extras);
        if (!extras.dns().isEmpty()) {
            ObjectNode dns = all.putObject("dns");
            extras.dns().servers().forEach(dns.putArray("servers")::add);
            extras.dns().searches().forEach(dns.putArray("searches")::add);
            extras.dns().options().forEach(dns.putArray("options")::add);
        }
        ipRanges.forEach(
                range -> all.withArray("ipRanges").addArray().addObject().put("subnet", range));
        if (!extras.cgroup().isEmpty()) {
            all.put(CGROUP_PATH, extras.cgroup());
        }
        if (!extras.annotations().isEmpty()) {
            ObjectNode annotations = all.putObject("io.kubernetes.cri.pod-annotations");
            extras.annotations().forEach(annotations::put);
        }
        return all;
    }

    /** The part that a plugin's configuration asks for. */
    static ObjectNode chosen(ObjectNode all, Set<String> capabilities) {
        ObjectNode chosen = all.objectNode();
        all.properties().stream()
                .filter(each -> capabilities.contains(each.getKey()))
                .forEach(each -> chosen.set(each.getKey(), each.getValue()));
        return chosen;
    }

    private static void ports(ObjectNode all, List<AttachRequest.PortMapping> mappings) {
        if (mappings.isEmpty()) {
            return;
        }
        ArrayNode ports = all.putArray("portMappings");
        for (AttachRequest.PortMapping each : mappings) {
            ObjectNode port = ports.addObject();
            port.put("hostPort", each.hostPort());
            port.put("containerPort", each.containerPort());
            port.put("protocol", each.protocol());
            if (!each.hostIp().isEmpty()) {
                port.put("hostIP", each.hostIp());
            }
        }
    }

    private static void bandwidth(ObjectNode all, AttachRequest.Extras extras) {
        OptionalLong in = Bandwidth.of(extras.annotations(), INGRESS);
        OptionalLong out = Bandwidth.of(extras.annotations(), EGRESS);
        if (in.isEmpty() && out.isEmpty()) {
            return;
        }
        ObjectNode limits = all.putObject("bandwidth");
        in.ifPresent(
                rate -> limits.put("ingressRate", rate).put("ingressBurst", Bandwidth.burst(rate)));
        out.ifPresent(
                rate -> limits.put("egressRate", rate).put("egressBurst", Bandwidth.burst(rate)));
    }
}
