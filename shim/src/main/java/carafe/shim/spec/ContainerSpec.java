package carafe.shim.spec;

import carafe.shim.json.Json;
import carafe.shim.json.JsonException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * config.json, as far as it concerns the shim. Cgroup settings are the daemon's; {@code
 * linux.seccomp} is compiled by it, and only its presence matters here.
 *
 * @param rootPath root directory, used when shim.json names no layers
 * @param hostname empty = leave
 * @param seccompWanted whether a filter must be loaded
 * @param rootfsPropagation empty = private
 */
public record ContainerSpec(
        ProcessSpec process,
        String rootPath,
        boolean rootReadonly,
        String hostname,
        String domainname,
        List<MountSpec> mounts,
        List<NamespaceSpec> namespaces,
        List<DeviceSpec> devices,
        List<Sysctl> sysctls,
        List<String> maskedPaths,
        List<String> readonlyPaths,
        String rootfsPropagation,
        boolean seccompWanted,
        boolean waitsForHooks) {
    private static final int MAX_DEVICE = 0xfffff;

    /**
     * A file system to mount.
     *
     * @param idMaps how its ids are to appear, null = as they are
     */
    public record MountSpec(
            String destination,
            String type,
            String source,
            List<String> options,
            @Nullable IdMaps idMaps) {
        static MountSpec of(Json json) throws JsonException {
            return new MountSpec(
                    json.get("destination").string(),
                    json.get("type").string(""),
                    json.get("source").string(""),
                    Strings.of(json.get("options")),
                    IdMaps.of(json));
        }
    }

    /**
     * A namespace the container has of its own or enters.
     *
     * @param path null = a new one
     */
    public record NamespaceSpec(NamespaceType type, @Nullable String path) {
        static NamespaceSpec of(Json json) throws JsonException {
            Json path = json.get("path");
            return new NamespaceSpec(
                    NamespaceType.of(json.get("type")),
                    path.string("").isEmpty() ? null : path.string());
        }
    }

    /**
     * A device node.
     *
     * @param type c, b, p or u as in the runtime-spec
     */
    public record DeviceSpec(
            String path, char type, int major, int minor, int mode, int uid, int gid) {
        static DeviceSpec of(Json json) throws JsonException {
            Json type = json.get("type");
            String letter = type.string();
            if (letter.length() != 1 || "cbpu".indexOf(letter.charAt(0)) < 0) {
                throw new JsonException(type.path() + ": unknown type of device " + letter);
            }
            return new DeviceSpec(
                    json.get("path").string(),
                    letter.charAt(0),
                    (int) json.get("major").integer(0, MAX_DEVICE, 0),
                    (int) json.get("minor").integer(0, MAX_DEVICE, 0),
                    (int) json.get("fileMode").integer(0, 0777777, 0666) & 07777,
                    (int) json.get("uid").integer(0, 0xfffffffeL, 0),
                    (int) json.get("gid").integer(0, 0xfffffffeL, 0));
        }

        /** The same under another path. */
        public DeviceSpec at(String newPath) {
            return new DeviceSpec(newPath, type, major, minor, mode, uid, gid);
        }
    }

    /** A kernel setting of one of the container's namespaces. */
    public record Sysctl(String key, String value) {
        /** The members of an object. */
        static List<Sysctl> listOf(Json json) throws JsonException {
            List<Sysctl> sysctls = new ArrayList<>();
            for (Json member : json.members()) {
                sysctls.add(new Sysctl(member.name(), member.string()));
            }
            return sysctls;
        }
    }

    /**
     * Reads the text of the file.
     *
     * @throws JsonException naming the field that is missing or damaged
     */
    public static ContainerSpec parse(byte[] text) throws JsonException {
        return of(Json.parse(text));
    }

    /** Reads the whole file. */
    public static ContainerSpec of(Json json) throws JsonException {
        Json linux = json.get("linux");
        List<MountSpec> mounts = new ArrayList<>();
        for (Json mount : json.get("mounts").elements()) {
            mounts.add(MountSpec.of(mount));
        }
        List<NamespaceSpec> namespaces = new ArrayList<>();
        for (Json namespace : linux.get("namespaces").elements()) {
            namespaces.add(NamespaceSpec.of(namespace));
        }
        List<DeviceSpec> devices = new ArrayList<>();
        for (Json device : linux.get("devices").elements()) {
            devices.add(DeviceSpec.of(device));
        }
        return new ContainerSpec(
                ProcessSpec.of(json.get("process")),
                json.get("root").get("path").string("rootfs"),
                json.get("root").get("readonly").isTrue(),
                json.get("hostname").string(""),
                json.get("domainname").string(""),
                mounts,
                namespaces,
                devices,
                Sysctl.listOf(linux.get("sysctl")),
                Strings.of(linux.get("maskedPaths")),
                Strings.of(linux.get("readonlyPaths")),
                linux.get("rootfsPropagation").string(""),
                !linux.get("seccomp").isMissing(),
                !HookSpec.of(
                                json,
                                HookSpec.PRESTART,
                                HookSpec.CREATE_RUNTIME,
                                HookSpec.CREATE_CONTAINER)
                        .isEmpty());
    }

    /** The container's entry for a type, null = it shares the shim's. */
    public @Nullable NamespaceSpec namespace(NamespaceType type) {
        for (NamespaceSpec namespace : namespaces) {
            if (namespace.type() == type) {
                return namespace;
            }
        }
        return null;
    }

    /** Whether the container has a new namespace of the type, of its own. */
    public boolean ownsNamespace(NamespaceType type) {
        NamespaceSpec namespace = namespace(type);
        return namespace != null && namespace.path() == null;
    }
}
