package carafe.runtime.sandbox;

import carafe.base.CarafeException;
import carafe.runtime.api.NamespaceModes;
import carafe.runtime.api.NamespaceModes.Mode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A pod's sysctls: only those that belong to a namespace of its own, so that none can change the
 * node. The pod's shim writes them.
 */
final class PodSysctls {
    private static final Pattern KEY = Pattern.compile("[a-z0-9_]+([./][A-Za-z0-9_-]+)+");
    private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9 \\t_.,:/-]{0,1024}");
    private static final long MOST = Integer.MAX_VALUE;
    private static final Set<String> IPC =
            Set.of(
                    "kernel.msgmax",
                    "kernel.msgmnb",
                    "kernel.msgmni",
                    "kernel.sem",
                    "kernel.shmall",
                    "kernel.shmmax",
                    "kernel.shmmni",
                    "kernel.shm_rmid_forced");

    private PodSysctls() {}

    static void check(Map<String, String> sysctls, NamespaceModes modes) {
        sysctls.forEach((key, value) -> check(key, value, modes));
    }

    /**
     * What to write: the request's, over two defaults of ours that let ordinary users open low
     * ports and send pings in a network of their own.
     */
    static Map<String, String> of(Map<String, String> asked, NamespaceModes modes) {
        Map<String, String> all = new TreeMap<>();
        if (modes.network() == Mode.POD) {
            all.put("net.ipv4.ip_unprivileged_port_start", "0");
            all.put("net.ipv4.ping_group_range", "0 " + lastGroup(modes));
        }
        asked.forEach((key, value) -> all.put(dotted(key), value));
        return all;
    }

    /** The kernel's own limit, or the last group that the pod's user namespace has. */
    private static long lastGroup(NamespaceModes modes) {
        long last = modes.ownUser().map(user -> user.gids().getFirst().length() - 1).orElse(MOST);
        return Math.min(last, MOST);
    }

    private static void check(String key, String value, NamespaceModes modes) {
        // With both separators a dot is part of an interface's name, which the dotted form cannot
        // say.
        if (!KEY.matcher(key).matches() || (key.contains(".") && key.contains("/"))) {
            throw new CarafeException.Invalid("\"%s\" is not the name of a sysctl".formatted(key));
        }
        if (!VALUE.matcher(value).matches()) {
            throw new CarafeException.Invalid(
                    "the value of sysctl %s contains characters that no sysctl takes"
                            .formatted(key));
        }
        String name = dotted(key);
        boolean ofNetwork = name.startsWith("net.");
        boolean ofIpc = IPC.contains(name) || name.startsWith("fs.mqueue.");
        if (!ofNetwork && !ofIpc) {
            throw new CarafeException.Invalid(
                    "sysctl %s belongs to the node, not to a pod".formatted(key));
        }
        if (ofNetwork && modes.network() == Mode.NODE) {
            throw new CarafeException.Invalid(
                    "sysctl %s would change the node: the pod has the node's network"
                            .formatted(key));
        }
        if (ofIpc && modes.ipc() == Mode.NODE) {
            throw new CarafeException.Invalid(
                    "sysctl %s would change the node: the pod has the node's IPC".formatted(key));
        }
    }

    private static String dotted(String key) {
        return key.replace('/', '.');
    }
}
