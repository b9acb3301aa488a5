package carafe.runtime.container;

import carafe.base.CarafeException;
import carafe.runtime.api.NamespaceModes;
import carafe.runtime.api.ProcessUser;
import carafe.runtime.cdi.ContainerEdits;
import carafe.runtime.port.HostPaths;
import carafe.runtime.spec.OciHook;
import carafe.runtime.spec.OciMount;
import carafe.runtime.spec.ResolvedUser;
import carafe.runtime.spec.SpecRequest.DeviceGrant;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Turns what CDI devices bring along into nodes, mounts and groups of a container on this node. */
final class CdiGrants {
    private static final String EVERY_ACCESS = "rwm";
    private static final String IN_CONTAINER = "createContainer";
    private static final int DEFAULT_MODE = 0666;
    private static final Set<String> PROPAGATIONS =
            Set.of("private", "rprivate", "slave", "rslave", "shared", "rshared");

    private final HostPaths host;

    CdiGrants(HostPaths host) {
        this.host = host;
    }

    /**
     * Refuses what cannot be had here, before anything is made.
     *
     * @throws CarafeException.Unsupported for hooks that cannot be run in a user namespace
     */
    void check(ContainerEdits edits, NamespaceModes pod) {
        for (ContainerEdits.Hook each : edits.hooks()) {
            if (each.name().equals(IN_CONTAINER) && pod.ownUser().isPresent()) {
                throw new CarafeException.Unsupported(
                        ("a CDI device wants its hook createContainer %s to be run, which is not"
                                        + " possible in a user namespace: it may not read there"
                                        + " what it should change")
                                .formatted(each.path()));
            }
        }
        edits.deviceNodes().forEach(each -> device(each, new ProcessUser(0, 0, List.of())));
        for (OciMount each : mounts(edits)) {
            if (each.type().equals("bind") && !host.exists(each.source())) {
                throw new CarafeException.Invalid(
                        "the source %s of a CDI device's mount on %s does not exist on this node"
                                .formatted(each.source(), each.destination()));
            }
        }
    }

    /** Nodes without an owner of their own belong to the container's user. */
    List<DeviceGrant> devices(ContainerEdits edits, ResolvedUser user) {
        return edits.deviceNodes().stream()
                .map(each ->
                        new DeviceGrant(
                                each.path(),
                                device(each, user.ids()),
                                each.permissions().isEmpty() ? EVERY_ACCESS : each.permissions()))
                .toList();
    }

    private HostPaths.Device device(ContainerEdits.DeviceNode node, ProcessUser user) {
        HostPaths.Device device = described(node);
        return new HostPaths.Device(
                node.hostPath(),
                device.type(),
                device.major(),
                device.minor(),
                said(node.fileMode(), device.mode()) & 07777,
                owner(node.uid(), user.uid(), device.uid()),
                owner(node.gid(), user.gid(), device.gid()));
    }

    /** As the file says, where it says all; else as the node has it. */
    private HostPaths.Device described(ContainerEdits.DeviceNode node) {
        if (node.type().equals("p")) {
            throw new CarafeException.Unsupported(
                    "CDI device node %s is a FIFO, which is no device".formatted(node.path()));
        }
        boolean whole = !node.type().isEmpty() && node.major() >= 0 && node.minor() >= 0;
        HostPaths.Device found =
                host.device(node.hostPath())
                        .or(() -> whole ? Optional.of(standIn(node)) : Optional.empty())
                        .orElseThrow(() ->
                                new CarafeException.Invalid(
                                        "CDI device node %s: %s is no device of this node"
                                                .formatted(node.path(), node.hostPath())));
        return new HostPaths.Device(
                node.hostPath(),
                node.type().isEmpty() ? found.type() : node.type().charAt(0),
                said(node.major(), found.major()),
                said(node.minor(), found.minor()),
                found.mode(),
                found.uid(),
                found.gid());
    }

    private static HostPaths.Device standIn(ContainerEdits.DeviceNode node) {
        return new HostPaths.Device(
                node.hostPath(),
                node.type().charAt(0),
                (int) node.major(),
                (int) node.minor(),
                DEFAULT_MODE,
                0,
                0);
    }

    private static int said(long value, int otherwise) {
        return value == ContainerEdits.UNSAID ? otherwise : (int) value;
    }

    private static long owner(long said, long user, long node) {
        if (said != ContainerEdits.UNSAID) {
            return said;
        }
        return user > 0 ? user : node;
    }

    static List<OciHook> hooks(ContainerEdits edits) {
        return edits.hooks().stream()
                .map(each ->
                        new OciHook(
                                each.name(), each.path(), each.args(), each.env(), each.timeout()))
                .toList();
    }

    List<OciMount> mounts(ContainerEdits edits) {
        return edits.mounts().stream().map(CdiGrants::mount).toList();
    }

    private static OciMount mount(ContainerEdits.Mount from) {
        String target = Path.of(from.containerPath()).normalize().toString();
        if (target.equals("/")) {
            throw new CarafeException.Invalid("a CDI device's mount cannot be on /");
        }
        return switch (from.type()) {
            case "", "bind" ->
                    new OciMount(target, "bind", bindSource(from), bindOptions(from.options()));
            case "tmpfs" -> new OciMount(target, "tmpfs", "tmpfs", from.options());
            default ->
                    throw new CarafeException.Invalid(
                            "a CDI device's mount on %s is of type %s; bind and tmpfs are possible"
                                    .formatted(target, from.type()));
        };
    }

    private static String bindSource(ContainerEdits.Mount from) {
        if (!from.hostPath().startsWith("/")) {
            throw new CarafeException.Invalid(
                    "the source \"%s\" of a CDI device's mount on %s is not an absolute path"
                            .formatted(from.hostPath(), from.containerPath()));
        }
        return from.hostPath();
    }

    private static List<String> bindOptions(List<String> asked) {
        List<String> options = new ArrayList<>(asked);
        if (!options.contains("bind") && !options.contains("rbind")) {
            options.addFirst("rbind");
        }
        if (options.stream().noneMatch(PROPAGATIONS::contains)) {
            options.add("rprivate");
        }
        return options;
    }

    /** The user, in the devices' groups too. */
    ResolvedUser inGroups(ContainerEdits edits, ResolvedUser user) {
        Set<Long> groups = new LinkedHashSet<>(user.ids().supplementalGroups());
        groups.addAll(edits.additionalGids());
        return new ResolvedUser(
                new ProcessUser(user.ids().uid(), user.ids().gid(), List.copyOf(groups)),
                user.home());
    }
}
