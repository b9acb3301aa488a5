package carafe.runtime.host;

import carafe.linux.Fd;
import carafe.network.cni.AttachRequest;
import carafe.network.cni.CniNetworks;
import carafe.runtime.api.DnsConfig;
import carafe.runtime.api.PortMapping;
import carafe.runtime.api.RuntimeCondition;
import carafe.runtime.api.SandboxMetadata;
import carafe.runtime.port.PodNetwork;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Pods on the CNI network in force. While none is configured pods keep the loopback they were born
 * with, and the condition says so. Thread-safe.
 */
public final class CniPodNetwork implements PodNetwork {
    static final String CONDITION = "NetworkReady";

    private final CniNetworks networks;

    public CniPodNetwork(CniNetworks networks) {
        this.networks = networks;
    }

    @Override
    public void prepare(Request request, OptionalInt netlink) {
        // Plugins find their own way in.
        netlink.ifPresent(each -> Fd.owning(each).close());
    }

    @Override
    public boolean wantsCgroup() {
        return networks.wantsCgroup();
    }

    @Override
    public Attachment attach(Request request) {
        if (!networks.isConfigured()) {
            return new Attachment(List.of());
        }
        return new Attachment(networks.attach(translate(request)).addresses());
    }

    @Override
    public void detach(Request request) {
        networks.detach(translate(request));
    }

    @Override
    public void recover(List<Known> pods) {
        networks.recover(pods.stream().map(Known::request).map(CniPodNetwork::translate).toList());
    }

    @Override
    public void announce(String podCidr) {
        networks.announce(podCidr);
    }

    /** Whether there is a configuration to attach pods by. */
    boolean isConfigured() {
        return networks.isConfigured();
    }

    @Override
    public Set<String> attached() {
        return networks.attached();
    }

    @Override
    public RuntimeCondition readiness() {
        CniNetworks.Readiness readiness = networks.readiness();
        return new RuntimeCondition(
                CONDITION, readiness.ready(), readiness.reason(), readiness.message());
    }

    static AttachRequest translate(Request request) {
        SandboxMetadata pod = request.metadata();
        return new AttachRequest(
                request.podId(),
                request.netns(),
                Map.of(
                        "K8S_POD_NAMESPACE", pod.namespace(),
                        "K8S_POD_NAME", pod.name(),
                        "K8S_POD_INFRA_CONTAINER_ID", request.podId(),
                        "K8S_POD_UID", pod.uid()),
                request.portMappings().stream()
                        .filter(port -> port.hostPort() > 0)
                        .map(CniPodNetwork::translate)
                        .toList(),
                new AttachRequest.Extras(
                        request.annotations(), translate(request.dns()), request.cgroup()));
    }

    private static AttachRequest.Dns translate(@Nullable DnsConfig dns) {
        return dns == null
                ? AttachRequest.Extras.NONE.dns()
                : new AttachRequest.Dns(dns.servers(), dns.searches(), dns.options());
    }

    private static AttachRequest.PortMapping translate(PortMapping port) {
        return new AttachRequest.PortMapping(
                port.hostPort(),
                port.containerPort(),
                port.protocol().name().toLowerCase(Locale.ROOT),
                port.hostIp());
    }
}
