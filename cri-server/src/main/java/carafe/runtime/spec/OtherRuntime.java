package carafe.runtime.spec;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a bundle must say so that an OCI runtime other than the shim can run it.
 *
 * @param program its absolute path
 * @param seccomp the profile in the form of the runtime-spec; empty = none
 * @param lowestOomScoreAdj below it the machine would refuse, and so would the program
 */
public record OtherRuntime(Path program, Optional<ObjectNode> seccomp, int lowestOomScoreAdj) {
    /** Where the shim attaches what is staged, below the bundle. */
    public static final String STAGED = "staged";

    /**
     * Changes a config.json. Limits go: the cgroup is the daemon's, and a program fails where the
     * daemon makes do. Sources of mounts that spread are named by where the shim stages them, with
     * their place in the machine's peer groups, since its mount namespace spreads nothing; and so
     * are images, which only the shim can stack, and parts of the root that are mounted on
     * themselves.
     *
     * @return the sources to be staged, in the order of their places
     */
    public List<String> fit(ObjectNode config, Path bundle) {
        ObjectNode linux = (ObjectNode) config.get("linux");
        ObjectNode resources = (ObjectNode) linux.get("resources");
        resources.retain("devices");
        seccomp.ifPresent(profile -> linux.set("seccomp", profile));
        ObjectNode process = (ObjectNode) config.get("process");
        int wanted = process.path("oomScoreAdj").asInt(0);
        process.put("oomScoreAdj", Math.max(wanted, lowestOomScoreAdj));
        return stage((ArrayNode) config.get("mounts"), bundle.resolve(STAGED));
    }

    private static List<String> stage(ArrayNode mounts, Path staged) {
        List<String> sources = new ArrayList<>();
        for (JsonNode each : mounts) {
            ObjectNode mount = (ObjectNode) each;
            boolean ours = OciMount.isMadeByShim(mount.path("source").asString(""));
            if (ours || spreads(each.path("options"))) {
                String place = staged.resolve(String.valueOf(sources.size())).toString();
                sources.add(mount.path("source").asString());
                mount.put("source", place);
            }
        }
        return sources;
    }

    private static boolean spreads(JsonNode options) {
        return options.valueStream()
                .map(JsonNode::asString)
                .anyMatch(each -> each.endsWith("shared") || each.endsWith("slave"));
    }
}
