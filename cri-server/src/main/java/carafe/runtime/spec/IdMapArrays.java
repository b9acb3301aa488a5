package carafe.runtime.spec;

import carafe.runtime.api.IdMapping;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Mappings of ids as the runtime-spec writes them: {@code uidMappings} and {@code gidMappings}. */
public final class IdMapArrays {
    private IdMapArrays() {}

    /** Adds both to an object; nothing when both are empty. */
    public static void fill(ObjectNode node, List<IdMapping> uids, List<IdMapping> gids) {
        fill(node, "uidMappings", uids);
        fill(node, "gidMappings", gids);
    }

    private static void fill(ObjectNode node, String name, List<IdMapping> mappings) {
        for (IdMapping each : mappings) {
            node.withArray(name)
                    .addObject()
                    .put("containerID", each.containerId())
                    .put("hostID", each.hostId())
                    .put("size", each.length());
        }
    }
}
