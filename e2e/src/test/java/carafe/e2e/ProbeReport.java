package carafe.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the program of module probe told about itself. */
final class ProbeReport {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** What may differ between a container's processes: who they are, and what they have used. */
    private static final List<String> OWN =
            List.of("Name", "Pid", "Tgid", "Ngid", "PPid", "NSpid", "NStgid", "NSpgid", "NSsid");

    private static final List<String> USE =
            List.of(
                    "State",
                    "Vm",
                    "Rss",
                    "Hugetlb",
                    "Threads",
                    "SigQ",
                    "voluntary",
                    "nonvoluntary");

    private final JsonNode json;

    private ProbeReport(JsonNode json) {
        this.json = json;
    }

    static ProbeReport parse(String line) {
        return new ProbeReport(JSON.readTree(line));
    }

    /** All that must be the same for each process of one container, name by name. */
    Map<String, String> isolation() {
        Map<String, String> all = new TreeMap<>();
        for (String line : json.path("status").asString().lines().toList()) {
            String name = line.substring(0, line.indexOf(':'));
            if (!OWN.contains(name) && USE.stream().noneMatch(name::startsWith)) {
                all.put("status " + name, status(name));
            }
        }
        for (String name : List.of("limits", "cgroup", "oom_score_adj", "attr/current")) {
            all.put(name, json.path(name).asString());
        }
        for (String name : List.of("uid_map", "mountinfo", "cwd", "root", "umask")) {
            all.put(name, json.path(name).asString());
        }
        for (String name : List.of("ns", "calls", "writes")) {
            json.path(name)
                    .propertyStream()
                    .forEach(each ->
                            all.put(name + " " + each.getKey(), each.getValue().asString()));
        }
        all.put("descriptors", String.join(" ", descriptors()));
        return all;
    }

    /** A line of /proc/self/status without its name. */
    String status(String name) {
        return json.path("status")
                .asString()
                .lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse("");
    }

    /** A line with a hexadecimal mask. */
    long mask(String name) {
        return Long.parseUnsignedLong(status(name), 16);
    }

    /** Error number of a system call, 0 = it went through. */
    int call(String name) {
        return json.path("calls").path(name).asInt(-1);
    }

    /** Error number of opening for writing, 0 = it could be opened. */
    int write(String path) {
        return json.path("writes").path(path).asInt(-1);
    }

    String namespace(String name) {
        return json.path("ns").path(name).asString();
    }

    List<String> descriptors() {
        List<String> found = new ArrayList<>();
        json.path("fd").propertyNames().forEach(found::add);
        return found;
    }

    List<String> cgroups() {
        return json.path("cgroup").asString().lines().toList();
    }

    String text(String name) {
        return json.path(name).asString();
    }
}
