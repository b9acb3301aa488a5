package carafe.shim.spec;

import carafe.shim.json.Json;
import carafe.shim.json.JsonException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * shim.json of a container: what config.json cannot carry.
 *
 * @param maxLogLine longest part of a log line, bytes
 * @param stdin whether the container's standard input is kept open
 * @param rootfs layers of the root, null = config.json's root.path is the root as it stands
 * @param volumes images that config.json mounts
 * @param env replaces process.env, whose values JSON cannot hold; null = not
 * @param seccompFile compiled filter, null = none
 * @param podPid holder whose namespaces config.json names, 0 = none
 * @param podStartTicks start of the holder, makes its pid an identity
 * @param targetPid process whose PID namespace config.json names beside the pod's, 0 = none
 * @param targetStartTicks start of the target
 * @param idMaps of the user namespace that config.json names, null = the machine's
 * @param mountLabel SELinux context of the files that are made for it, empty = none
 */
@SuppressWarnings("ArrayRecordComponent") // handed through once, never compared
public record ShimSpec(
        String id,
        String logPath,
        int maxLogLine,
        boolean stdin,
        @Nullable RootfsSpec rootfs,
        List<VolumeSpec> volumes,
        CgroupSpec cgroups,
        byte @Nullable [][] env,
        @Nullable String seccompFile,
        int podPid,
        long podStartTicks,
        int targetPid,
        long targetStartTicks,
        @Nullable IdMaps idMaps,
        String mountLabel) {
    private static final int VERSION = 1;
    private static final int DEFAULT_LOG_LINE = 16384;

    /**
     * Reads the parsed file.
     *
     * @throws JsonException when a field is missing or damaged, or the version is a newer one
     */
    public static ShimSpec of(Json json) throws JsonException {
        json.get("version").integer(VERSION, VERSION);
        Json seccomp = json.get("seccompFile");
        return new ShimSpec(
                json.get("id").string(),
                json.get("logPath").string(""),
                (int) json.get("maxLogLine").integer(64, 1 << 20, DEFAULT_LOG_LINE),
                json.get("stdin").isTrue(),
                RootfsSpec.of(json.get("rootfs")),
                VolumeSpec.listOf(json.get("volumes")),
                CgroupSpec.of(json.get("cgroups")),
                env(json.get("envBase64")),
                seccomp.isMissing() ? null : seccomp.string(),
                (int) json.get("podPid").integer(0, Integer.MAX_VALUE, 0),
                json.get("podStartTicks").integer(0, Long.MAX_VALUE, 0),
                (int) json.get("targetPid").integer(0, Integer.MAX_VALUE, 0),
                json.get("targetStartTicks").integer(0, Long.MAX_VALUE, 0),
                IdMaps.of(json),
                json.get("mountLabel").string(""));
    }

    private static byte @Nullable [][] env(Json list) throws JsonException {
        if (list.isMissing()) {
            return null;
        }
        Json[] elements = list.elements();
        byte[][] env = new byte[elements.length][];
        for (int i = 0; i < env.length; i++) {
            env[i] = Base64.decode(elements[i]);
        }
        return env;
    }

    /**
     * Layers of the root file system.
     *
     * @param lower directories, the topmost first
     * @param upper where changes go, null = none
     * @param work overlay's own directory beside upper
     */
    public record RootfsSpec(
            List<String> lower, @Nullable String upper, @Nullable String work, boolean readonly) {
        static @Nullable RootfsSpec of(Json json) throws JsonException {
            if (json.isMissing()) {
                return null;
            }
            Json upper = json.get("upper");
            Json work = json.get("work");
            return new RootfsSpec(
                    Strings.of(json.get("lower")),
                    upper.isMissing() ? null : upper.string(),
                    work.isMissing() ? null : work.string(),
                    json.get("readonly").isTrue());
        }
    }

    /**
     * An image, or a part of the container's own root, that is mounted by a bind of config.json.
     *
     * @param source the bind's source, by which it is known
     * @param lower directories, the topmost first; none = the container's own root
     * @param subPath file or directory in the image, empty = its root; without meaning for an own
     *     one
     */
    public record VolumeSpec(String source, List<String> lower, String subPath) {
        /** Whether it is the container's own root, at the place that it is mounted on. */
        public boolean isOwn() {
            return lower.isEmpty();
        }

        static List<VolumeSpec> listOf(Json list) throws JsonException {
            List<VolumeSpec> volumes = new ArrayList<>();
            for (Json json : list.elements()) {
                volumes.add(
                        new VolumeSpec(
                                json.get("source").string(),
                                Strings.of(json.get("lower")),
                                json.get("subPath").string("")));
            }
            return volumes;
        }
    }

    /**
     * Cgroups of the container.
     *
     * @param join files of v1 hierarchies that a {@code 0} is written to
     * @param unified directory in the v2 tree, null = there is none
     * @param memory directory whose counter of OOM kills decides, null = none
     * @param memoryVersion 1 or 2
     */
    public record CgroupSpec(
            List<String> join,
            @Nullable String unified,
            @Nullable String memory,
            int memoryVersion) {
        static CgroupSpec of(Json json) throws JsonException {
            Json unified = json.get("unified");
            Json memory = json.get("memory");
            return new CgroupSpec(
                    Strings.of(json.get("join")),
                    unified.isMissing() ? null : unified.string(),
                    memory.isMissing() ? null : memory.string(),
                    (int) json.get("memoryVersion").integer(1, 2, 2));
        }
    }
}
