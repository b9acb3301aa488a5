package carafe.rpc;

import carafe.base.CarafeException;
import carafe.proto.cri.DNSConfig;
import carafe.proto.cri.LinuxPodSandboxConfig;
import carafe.proto.cri.LinuxPodSandboxStatus;
import carafe.proto.cri.Namespace;
import carafe.proto.cri.PodIP;
import carafe.proto.cri.PodSandbox;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.PodSandboxFilter;
import carafe.proto.cri.PodSandboxMetadata;
import carafe.proto.cri.PodSandboxNetworkStatus;
import carafe.proto.cri.PodSandboxState;
import carafe.proto.cri.PodSandboxStatus;
import carafe.proto.cri.Protocol;
import carafe.runtime.api.DnsConfig;
import carafe.runtime.api.PortMapping;
import carafe.runtime.api.SandboxFilter;
import carafe.runtime.api.SandboxMetadata;
import carafe.runtime.api.SandboxSpec;
import carafe.runtime.api.SandboxState;
import carafe.runtime.api.SandboxStatus;
import carafe.runtime.api.SandboxView;
import java.util.List;

/** Pod sandboxes as protocol messages, and back. */
final class SandboxMessages {
    private static final int MAX_PORT = 65_535;

    private SandboxMessages() {}

    static SandboxSpec spec(PodSandboxConfig config, String runtimeHandler) {
        return new SandboxSpec(
                metadata(config),
                config.getHostname(),
                Requests.pathOrEmpty("config.log_directory", config.getLogDirectory()),
                config.hasDnsConfig() ? dns(config.getDnsConfig()) : null,
                config.getPortMappingsList().stream().map(SandboxMessages::port).toList(),
                Requests.labels("labels", config.getLabelsMap()),
                Requests.labels("annotations", config.getAnnotationsMap()),
                Requests.nameOrEmpty("runtime_handler", runtimeHandler),
                config.hasLinux() ? linux(config.getLinux()) : SandboxSpec.Linux.NONE);
    }

    static SandboxFilter filter(PodSandboxFilter filter) {
        return new SandboxFilter(
                filter.getId().isEmpty() ? "" : Requests.id("filter.id", filter.getId()),
                filter.hasState() ? state(filter.getState().getState()) : null,
                filter.getLabelSelectorMap());
    }

    static PodSandbox item(SandboxView view) {
        return PodSandbox.newBuilder()
                .setId(view.id())
                .setMetadata(metadata(view.metadata()))
                .setState(state(view.state()))
                .setCreatedAt(view.createdAtNanos())
                .putAllLabels(view.labels())
                .putAllAnnotations(view.annotations())
                .setRuntimeHandler(view.runtimeHandler())
                .build();
    }

    static PodSandboxStatus status(SandboxStatus status) {
        SandboxView view = status.view();
        return PodSandboxStatus.newBuilder()
                .setId(view.id())
                .setMetadata(metadata(view.metadata()))
                .setState(state(view.state()))
                .setCreatedAt(view.createdAtNanos())
                .setNetwork(network(status.addresses()))
                .setLinux(
                        LinuxPodSandboxStatus.newBuilder()
                                .setNamespaces(
                                        Namespace.newBuilder()
                                                .setOptions(
                                                        NamespaceMessages.toProto(
                                                                status.namespaces()))))
                .putAllLabels(view.labels())
                .putAllAnnotations(view.annotations())
                .setRuntimeHandler(view.runtimeHandler())
                .build();
    }

    private static SandboxMetadata metadata(PodSandboxConfig config) {
        if (!config.hasMetadata()) {
            throw new CarafeException.Invalid("the pod has no name (config.metadata is missing)");
        }
        PodSandboxMetadata metadata = config.getMetadata();
        return new SandboxMetadata(
                Requests.name("metadata.name", metadata.getName()),
                Requests.nameOrEmpty("metadata.uid", metadata.getUid()),
                Requests.nameOrEmpty("metadata.namespace", metadata.getNamespace()),
                Requests.positiveInt(
                        "metadata.attempt", Integer.toUnsignedLong(metadata.getAttempt())));
    }

    private static PodSandboxMetadata metadata(SandboxMetadata metadata) {
        return PodSandboxMetadata.newBuilder()
                .setName(metadata.name())
                .setUid(metadata.uid())
                .setNamespace(metadata.namespace())
                .setAttempt(metadata.attempt())
                .build();
    }

    private static DnsConfig dns(DNSConfig dns) {
        return new DnsConfig(dns.getServersList(), dns.getSearchesList(), dns.getOptionsList());
    }

    private static PortMapping port(carafe.proto.cri.PortMapping mapping) {
        return new PortMapping(
                protocol(mapping.getProtocol()),
                port("port_mappings.container_port", mapping.getContainerPort()),
                port("port_mappings.host_port", mapping.getHostPort()),
                mapping.getHostIp());
    }

    private static int port(String field, int port) {
        if (port < 0 || port > MAX_PORT) {
            throw new CarafeException.Invalid(
                    "%s is %d, must be 0 to 65535".formatted(field, port));
        }
        return port;
    }

    private static PortMapping.Protocol protocol(Protocol protocol) {
        return switch (protocol) {
            case TCP -> PortMapping.Protocol.TCP;
            case UDP -> PortMapping.Protocol.UDP;
            case SCTP -> PortMapping.Protocol.SCTP;
            case UNRECOGNIZED -> throw Requests.unknown("port_mappings.protocol", protocol);
        };
    }

    private static SandboxSpec.Linux linux(LinuxPodSandboxConfig linux) {
        return new SandboxSpec.Linux(
                linux.getCgroupParent(),
                linux.hasSecurityContext()
                        ? SecurityMessages.sandbox(linux.getSecurityContext())
                        : SandboxSpec.Security.NONE,
                linux.getSysctlsMap(),
                ResourceMessages.fromProto(linux.getOverhead()),
                ResourceMessages.fromProto(linux.getResources()));
    }

    private static SandboxState state(PodSandboxState state) {
        return switch (state) {
            case SANDBOX_READY -> SandboxState.READY;
            case SANDBOX_NOTREADY -> SandboxState.NOT_READY;
            case UNRECOGNIZED -> throw Requests.unknown("filter.state", state);
        };
    }

    private static PodSandboxState state(SandboxState state) {
        return switch (state) {
            case READY -> PodSandboxState.SANDBOX_READY;
            case NOT_READY -> PodSandboxState.SANDBOX_NOTREADY;
        };
    }

    /** The first address is the pod's own, the others follow in their order. */
    private static PodSandboxNetworkStatus network(List<String> addresses) {
        PodSandboxNetworkStatus.Builder network = PodSandboxNetworkStatus.newBuilder();
        if (!addresses.isEmpty()) {
            network.setIp(addresses.getFirst());
            addresses.stream()
                    .skip(1)
                    .forEach(ip -> network.addAdditionalIps(PodIP.newBuilder().setIp(ip)));
        }
        return network.build();
    }
}
