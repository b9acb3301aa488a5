package carafe.shim.spec;

import carafe.shim.json.Json;
import carafe.shim.json.JsonException;
import carafe.shim.spec.ContainerSpec.Sysctl;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * shim.json of a pod.
 *
 * @param hostname empty = leave
 * @param namespaces those its containers share: of network, IPC, UTS, PID, user
 * @param memBytes size of the tmpfs on {@code mem/} of the bundle, 0 = none
 * @param oomScoreAdj of the holder, -1000 to 1000
 * @param idMaps of the user namespace, null = it has none
 * @param mountLabel SELinux context of the tmpfs, empty = none
 */
public record PodSpec(
        String id,
        String hostname,
        List<NamespaceType> namespaces,
        List<Sysctl> sysctls,
        long memBytes,
        int oomScoreAdj,
        @Nullable IdMaps idMaps,
        String mountLabel) {
    /** As hard to kill as what the node itself needs. */
    private static final int DEFAULT_OOM_SCORE = -998;

    /**
     * Reads the text of the file.
     *
     * @throws JsonException when a field is missing or damaged, or the version is a newer one
     */
    public static PodSpec parse(byte[] text) throws JsonException {
        Json json = Json.parse(text);
        json.get("version").integer(1, 1);
        List<NamespaceType> namespaces = new ArrayList<>();
        for (Json name : json.get("namespaces").elements()) {
            namespaces.add(namespace(name));
        }
        IdMaps idMaps = IdMaps.of(json);
        if (namespaces.contains(NamespaceType.USER) != (idMaps != null)) {
            throw new JsonException("a user namespace and its mappings must be given together");
        }
        return new PodSpec(
                json.get("id").string(),
                json.get("hostname").string(""),
                namespaces,
                Sysctl.listOf(json.get("sysctls")),
                json.get("memBytes").integer(0, Long.MAX_VALUE, 0),
                (int) json.get("oomScoreAdj").integer(-1000, 1000, DEFAULT_OOM_SCORE),
                idMaps,
                json.get("mountLabel").string(""));
    }

    private static NamespaceType namespace(Json json) throws JsonException {
        String name = json.string();
        return switch (name) {
            case "net" -> NamespaceType.NETWORK;
            case "ipc" -> NamespaceType.IPC;
            case "uts" -> NamespaceType.UTS;
            case "pid" -> NamespaceType.PID;
            case "user" -> NamespaceType.USER;
            default -> throw new JsonException(json.path() + ": a pod cannot share " + name);
        };
    }

    /** Whether its containers share a namespace of the type. */
    public boolean shares(NamespaceType type) {
        return namespaces.contains(type);
    }
}
