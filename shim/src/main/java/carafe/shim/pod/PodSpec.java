package carafe.shim.pod;

import carafe.shim.json.Json;
import carafe.shim.json.JsonException;
import carafe.shim.sys.ProcessCalls;
import java.util.ArrayList;
import java.util.List;

/**
 * shim.json of a pod.
 *
 * @param hostname empty = leave the host's
 * @param namespaces CLONE_ flags of what the pod does not share with the host
 * @param memBytes size of the pod's own tmpfs on {@code mem}, 0 = none
 */
record PodSpec(String hostname, long namespaces, List<Sysctl> sysctls, long memBytes) {
    private static final int VERSION = 1;
    private static final int MAX_SYSCTLS = 256;

    /**
     * A kernel setting of the pod's namespaces.
     *
     * @param path below /proc/sys, with slashes
     */
    record Sysctl(String path, String value) {}

    /**
     * Reads the text of the file.
     *
     * @throws JsonException when a field is missing or damaged, or names what the pod may not have
     */
    static PodSpec parse(byte[] text) throws JsonException {
        Json json = Json.parse(text);
        json.get("version").integer(VERSION, VERSION);
        return new PodSpec(
                json.get("hostname").string(""),
                namespaces(json.get("namespaces")),
                sysctls(json.get("sysctls")),
                json.get("memBytes").integer(0, Long.MAX_VALUE, 0));
    }

    boolean has(long namespace) {
        return (namespaces & namespace) != 0;
    }

    private static long namespaces(Json list) throws JsonException {
        long flags = 0;
        if (!list.isMissing()) {
            for (Json each : list.elements()) {
                flags |= flag(each.string());
            }
        }
        return flags;
    }

    private static long flag(String name) throws JsonException {
        return switch (name) {
            case "net" -> ProcessCalls.CLONE_NEWNET;
            case "ipc" -> ProcessCalls.CLONE_NEWIPC;
            case "uts" -> ProcessCalls.CLONE_NEWUTS;
            case "pid" -> ProcessCalls.CLONE_NEWPID;
            default -> throw new JsonException("namespaces: there is none named " + name);
        };
    }

    private static List<Sysctl> sysctls(Json object) throws JsonException {
        List<Sysctl> all = new ArrayList<>();
        if (object.isMissing()) {
            return all;
        }
        Json[] members = object.members();
        if (members.length > MAX_SYSCTLS) {
            throw new JsonException("sysctls: more than " + MAX_SYSCTLS);
        }
        for (Json each : members) {
            all.add(new Sysctl(path(each.name()), each.string()));
        }
        return all;
    }

    /**
     * Dots become slashes and slashes dots, as sysctl(8) writes interface names with dots in them.
     */
    private static String path(String name) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char each = name.charAt(i);
            path.append(each == '.' ? '/' : each == '/' ? '.' : each);
        }
        return path.toString();
    }
}
