package carafe.shim.spec;

import carafe.shim.json.Json;
import carafe.shim.json.JsonException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@code process} object. Capabilities are sets, bit n = capability n.
 *
 * @param oomScoreAdj -1000 to 1000, 0 when absent
 * @param apparmorProfile null = none asked for
 * @param selinuxLabel null = none asked for
 */
@SuppressWarnings("ArrayRecordComponent") // handed through once, never compared
public record ProcessSpec(
        boolean terminal,
        int rows,
        int columns,
        User user,
        byte[][] args,
        byte[][] env,
        byte[] cwd,
        Capabilities capabilities,
        List<Limit> limits,
        boolean noNewPrivileges,
        int oomScoreAdj,
        @Nullable String apparmorProfile,
        @Nullable String selinuxLabel) {
    private static final long MAX_ID = 0xfffffffeL;
    private static final int DEFAULT_UMASK = 022;
    private static final int MAX_CELLS = 65535;

    /** Who the process runs as; ids are unsigned 32 bit, 2³²−1 excluded. */
    public record User(int uid, int gid, int[] additionalGids, int umask) {
        static User of(Json json) throws JsonException {
            Json[] more = json.get("additionalGids").elements();
            int[] gids = new int[more.length];
            for (int i = 0; i < gids.length; i++) {
                gids[i] = (int) more[i].integer(0, MAX_ID);
            }
            return new User(
                    (int) json.get("uid").integer(0, MAX_ID, 0),
                    (int) json.get("gid").integer(0, MAX_ID, 0),
                    gids,
                    (int) json.get("umask").integer(0, 0777, DEFAULT_UMASK));
        }
    }

    /** The five sets. */
    public record Capabilities(
            long bounding, long effective, long permitted, long inheritable, long ambient) {
        static Capabilities of(Json json) throws JsonException {
            return new Capabilities(
                    Capability.set(json.get("bounding")),
                    Capability.set(json.get("effective")),
                    Capability.set(json.get("permitted")),
                    Capability.set(json.get("inheritable")),
                    Capability.set(json.get("ambient")));
        }
    }

    /** A resource limit; values are unsigned 64 bit. */
    public record Limit(String name, int resource, long soft, long hard) {
        /** In the order of their numbers; the same on both architectures. */
        private static final String[] NAMES = {
            "RLIMIT_CPU",
            "RLIMIT_FSIZE",
            "RLIMIT_DATA",
            "RLIMIT_STACK",
            "RLIMIT_CORE",
            "RLIMIT_RSS",
            "RLIMIT_NPROC",
            "RLIMIT_NOFILE",
            "RLIMIT_MEMLOCK",
            "RLIMIT_AS",
            "RLIMIT_LOCKS",
            "RLIMIT_SIGPENDING",
            "RLIMIT_MSGQUEUE",
            "RLIMIT_NICE",
            "RLIMIT_RTPRIO",
            "RLIMIT_RTTIME"
        };

        static Limit of(Json json) throws JsonException {
            Json type = json.get("type");
            String name = type.string();
            for (int i = 0; i < NAMES.length; i++) {
                if (NAMES[i].equals(name)) {
                    long soft = json.get("soft").unsigned();
                    return new Limit(name, i, soft, json.get("hard").unsigned());
                }
            }
            throw new JsonException(type.path() + ": unknown resource limit " + name);
        }
    }

    /** Reads the object; args, env and cwd may be missing, as they are for an exec. */
    public static ProcessSpec of(Json json) throws JsonException {
        List<Limit> limits = new ArrayList<>();
        for (Json limit : json.get("rlimits").elements()) {
            limits.add(Limit.of(limit));
        }
        Json size = json.get("consoleSize");
        Json cwd = json.get("cwd");
        Json apparmor = json.get("apparmorProfile");
        Json selinux = json.get("selinuxLabel");
        return new ProcessSpec(
                json.get("terminal").isTrue(),
                (int) size.get("height").integer(0, MAX_CELLS, 0),
                (int) size.get("width").integer(0, MAX_CELLS, 0),
                User.of(json.get("user")),
                Strings.bytesOf(json.get("args")),
                Strings.bytesOf(json.get("env")),
                cwd.isMissing() ? new byte[] {'/'} : cwd.cString(),
                Capabilities.of(json.get("capabilities")),
                limits,
                json.get("noNewPrivileges").isTrue(),
                (int) json.get("oomScoreAdj").integer(-1000, 1000, 0),
                apparmor.string("").isEmpty() ? null : apparmor.string(),
                selinux.string("").isEmpty() ? null : selinux.string());
    }

    /** The same with what is executed replaced. */
    public ProcessSpec running(byte[][] newArgs, byte[][] newEnv, byte[] newCwd) {
        return new ProcessSpec(
                terminal,
                rows,
                columns,
                user,
                newArgs,
                newEnv,
                newCwd,
                capabilities,
                limits,
                noNewPrivileges,
                oomScoreAdj,
                apparmorProfile,
                selinuxLabel);
    }
}
