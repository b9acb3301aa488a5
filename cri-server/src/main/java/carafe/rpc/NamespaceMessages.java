package carafe.rpc;

import carafe.proto.cri.IDMapping;
import carafe.proto.cri.NamespaceMode;
import carafe.proto.cri.NamespaceOption;
import carafe.proto.cri.UserNamespace;
import carafe.runtime.api.IdMapping;
import carafe.runtime.api.NamespaceModes;
import java.util.List;

/** Namespace modes as protocol messages, and back. */
final class NamespaceMessages {
    private NamespaceMessages() {}

    static NamespaceModes fromProto(NamespaceOption message) {
        return new NamespaceModes(
                mode("namespace_options.network", message.getNetwork()),
                mode("namespace_options.pid", message.getPid()),
                mode("namespace_options.ipc", message.getIpc()),
                message.getTargetId().isEmpty()
                        ? ""
                        : Requests.id("namespace_options.target_id", message.getTargetId()),
                message.hasUsernsOptions() ? user(message.getUsernsOptions()) : null);
    }

    static NamespaceOption toProto(NamespaceModes modes) {
        NamespaceOption.Builder message =
                NamespaceOption.newBuilder()
                        .setNetwork(mode(modes.network()))
                        .setPid(mode(modes.pid()))
                        .setIpc(mode(modes.ipc()))
                        .setTargetId(modes.targetId());
        NamespaceModes.UserNamespace user = modes.user();
        if (user != null) {
            message.setUsernsOptions(
                    UserNamespace.newBuilder()
                            .setMode(mode(user.mode()))
                            .addAllUids(idMappings(user.uids()))
                            .addAllGids(idMappings(user.gids())));
        }
        return message.build();
    }

    static List<IdMapping> fromProto(List<IDMapping> mappings) {
        return mappings.stream()
                .map(m ->
                        new IdMapping(
                                Integer.toUnsignedLong(m.getContainerId()),
                                Integer.toUnsignedLong(m.getHostId()),
                                Integer.toUnsignedLong(m.getLength())))
                .toList();
    }

    static List<IDMapping> idMappings(List<IdMapping> mappings) {
        return mappings.stream()
                .map(m ->
                        IDMapping.newBuilder()
                                .setContainerId((int) m.containerId())
                                .setHostId((int) m.hostId())
                                .setLength((int) m.length())
                                .build())
                .toList();
    }

    private static NamespaceModes.UserNamespace user(UserNamespace message) {
        return new NamespaceModes.UserNamespace(
                mode("userns_options.mode", message.getMode()),
                fromProto(message.getUidsList()),
                fromProto(message.getGidsList()));
    }

    private static NamespaceModes.Mode mode(String field, NamespaceMode mode) {
        return switch (mode) {
            case POD -> NamespaceModes.Mode.POD;
            case CONTAINER -> NamespaceModes.Mode.CONTAINER;
            case NODE -> NamespaceModes.Mode.NODE;
            case TARGET -> NamespaceModes.Mode.TARGET;
            case UNRECOGNIZED -> throw Requests.unknown(field, mode);
        };
    }

    private static NamespaceMode mode(NamespaceModes.Mode mode) {
        return switch (mode) {
            case POD -> NamespaceMode.POD;
            case CONTAINER -> NamespaceMode.CONTAINER;
            case NODE -> NamespaceMode.NODE;
            case TARGET -> NamespaceMode.TARGET;
        };
    }
}
