package carafe.network.cni;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * A checked network configuration list: the plugins of one network in the order of ADD.
 *
 * @param name the network's name, safe as a file name
 * @param cniVersion 0.3.0 to 1.1.0, what the plugins are spoken to in
 * @param refused verbs that the configuration forbids
 * @param source the file it was read from
 */
record NetworkList(
        String name,
        String cniVersion,
        List<Plugin> plugins,
        Set<PluginCall.Verb> refused,
        Path source) {
    NetworkList {
        plugins = List.copyOf(plugins);
        refused = Set.copyOf(refused);
    }

    /** Whether the version of the specification has the verb and the configuration allows it. */
    boolean knows(PluginCall.Verb verb) {
        boolean has =
                switch (verb) {
                    case ADD, DEL -> true;
                    case CHECK -> !cniVersion.startsWith("0.3.");
                    case STATUS, GC -> cniVersion.equals("1.1.0");
                };
        return has && !refused.contains(verb);
    }

    /**
     * One plugin of the list.
     *
     * @param type name of the program, a single safe file name
     * @param capabilities what the configuration says the plugin wants to be told
     * @param config the plugin's object as it stood in the file
     */
    record Plugin(String type, Set<String> capabilities, ObjectNode config) {
        Plugin {
            capabilities = Set.copyOf(capabilities);
        }
    }
}
